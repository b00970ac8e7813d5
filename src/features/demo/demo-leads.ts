/** One lead of the demo board: name, company, value in minor units of EUR, status, source. */
export type DemoLead = readonly [name: string, company: string, amountMinor: string, status: string, source: string];

/** A board a person can look at: every column filled, values that add up to something, people nobody knows. */
export const DEMO_LEADS: readonly DemoLead[] = [
  ['Marta Vilanova', 'Vilanova Cerâmica', '480000', 'interest', 'fair'],
  ['Jonas Lindqvist', 'Nordlys Kontor', '1250000', 'interest', 'website'],
  ['Aisha Rahman', 'Rahman Logistics', '2300000', 'interest', 'referral'],
  ['Tomás Ferreira', 'Quinta do Vale', '95000', 'interest', 'website'],
  ['Elif Kaya', 'Kaya Tekstil', '1780000', 'meeting-booked', 'fair'],
  ['Piotr Zieliński', 'Zielony Dach', '640000', 'meeting-booked', 'cold-call'],
  ['Camille Moreau', 'Atelier Moreau', '310000', 'meeting-booked', 'referral'],
  ['Henrik Olsen', 'Fjordbygg', '5400000', 'proposal-sent', 'tender'],
  ['Giulia Conti', 'Conti & Figli', '870000', 'proposal-sent', 'referral'],
  ['Samuel Okafor', 'Okafor Solar', '3950000', 'proposal-sent', 'website'],
  ['Nora Becker', 'Becker Druck', '1120000', 'closed-win', 'referral'],
  ['Luis Herrera', 'Herrera Alimentos', '2680000', 'closed-win', 'fair'],
  ['Ingrid Solheim', 'Solheim Arkitekter', '450000', 'closed-lost', 'website'],
];
