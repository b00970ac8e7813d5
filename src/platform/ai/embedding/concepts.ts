/**
 * Words that say much the same in business, contracts and study texts, one concept a line. A word may stand in several. This is what lets
 * "the client cancelled" be near "the customer terminated", which share no word.
 */
const CONCEPTS = `
  assign transfer convey delegate assignment assignable assignee successor
  assign novation merger consolidation reorganization
  control ownership change acquire acquisition merger takeover
  terminate termination cancel cancellation end rescind discontinue cease
  convenience cause reason whatsoever
  expire expiration lapse end conclude
  term period duration initial commence effective
  renew renewal extend extension prolong automatically successive
  notice notify notification inform advise written writing
  liable liability responsible damages loss losses
  indirect consequential incidental special punitive exemplary
  exceed cap limit maximum aggregate ceiling
  minimum least guarantee commitment quota shortfall
  indemnify indemnification indemnity hold harmless defend
  insurance insure insurer insured coverage policy premium umbrella
  audit inspect inspection examine examination books records auditor accountant
  govern law laws jurisdiction courts construed conflicts
  exclusive exclusively exclusivity sole solely only
  compete competitor competing competitive competition noncompete
  solicit solicitation hire recruit entice induce employ employee
  disparage disparaging defame defamatory derogatory reputation
  price pricing fee charge cost rate tariff
  discount rebate reduction markdown concession
  favored favorable favourable better
  pay payment paid remit settle payable
  invoice bill billing statement receivable
  royalty revenue profit share percentage proceeds commission
  buy purchase procure order acquire buyer purchaser
  sell sale sold vend seller vendor supplier
  supply deliver delivery ship shipment provide furnish
  volume quantity amount units number
  license licence licensor licensee sublicense grant
  perpetual irrevocable forever unlimited
  transferable nontransferable sublicensable
  affiliate subsidiary parent group
  own ownership title property proprietary intellectual vest
  joint jointly share coown together
  invention patent copyright trademark work develop
  warrant warranty guarantee represent defect
  escrow deposit source code release
  sue suit lawsuit claim litigation action proceeding challenge contest covenant
  dispute arbitration arbitrator mediation settle
  refusal offer negotiate negotiation matching
  beneficiary third party
  confidential confidentiality secret disclose disclosure nondisclosure proprietary
  breach default violate violation failure fail
  liquidated penalty damages fine
  survive following after post wind transition
  amend amendment modify modification alter change
  waive waiver consent approve approval permission
  agreement contract deal arrangement
  customer client account buyer
  lead prospect opportunity deal
  call phone ring telephone
  email mail message letter
  meet meeting appointment demo visit
  quote proposal offer bid tender estimate
  won win closed signed success
  lost lose reject decline
  late delay overdue slow
  fast quick rapid urgent asap soon immediately
  problem issue bug fault error defect trouble
  fix repair solve resolve correct
  expensive costly dear
  cheap inexpensive affordable budget
  big large huge enterprise great
  small little tiny minor
  interested keen curious
  happy satisfied pleased glad
  unhappy dissatisfied angry upset complain complaint
  company firm business corporation organization enterprise
  staff employee worker team personnel
  manager director head boss lead chief
  begin start commence launch initiate
  stop halt cease quit end
  help support assist assistance service maintenance
  train training teach course lesson lecture
  student pupil learner
  exam test quiz assessment
  software program application system
  website site web online internet
  car vehicle automobile truck
  money cash fund funds capital finance
  currency dollar euro pound usd eur gbp
  tax vat duty levy
  january february march april may june july august september october november december
  monday tuesday wednesday thursday friday saturday sunday
  day week month quarter year annual annually monthly weekly daily calendar
  one two three four five six seven eight nine ten twelve fifteen twenty thirty sixty ninety hundred thousand million billion
  heart cardiac coronary cardiovascular
  lung pulmonary respiratory breathing
  kidney renal urinary
  liver hepatic
  brain cerebral neural neuron
  blood vascular hemoglobin plasma
  bone skeletal skeleton
  muscle muscular contraction
  skin cutaneous epidermis dermis
  stomach gastric digestive intestine
  doctor physician clinician
  illness disease disorder syndrome sickness
  drug medicine medication pharmaceutical
  country nation territory region worldwide
  country states america kingdom germany france canada china japan india
  state delaware york california texas florida england
`;

/** Ids of the concepts a stem stands for. */
export function conceptsByStem(stem: (word: string) => string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [id, line] of CONCEPTS.trim().split('\n').entries()) {
    for (const key of new Set(line.trim().split(' ').map(stem))) {
      const ids = found.get(key);
      if (ids) ids.push(`concept ${id}`);
      else found.set(key, [`concept ${id}`]);
    }
  }
  return found;
}
