/**
 * Countries whose people write a decimal comma. A list, because Intl answers for languages, falls back to another region where it has no
 * data and changes its mind with releases; what "1.000" means must not.
 */
const COMMA: ReadonlySet<string> = new Set(
  (
    'AD AL AM AO AR AT AX AZ BA BE BF BG BI BJ BL BO BR BY CD CF CG CI CL CM CO CR CV CY CZ DE DJ DK DZ EC EE ES FI FO FR GA GE GF GL GN ' +
    'GP GQ GR GW HR HU ID IS IT KG KM KZ LA LT LU LV MA MC MD ME MF MG MK ML MQ MR MZ NC NE NL NO PF PL PM PT PY RE RO RS RU RW SE SI SJ ' +
    'SK SM SN SR ST SY TD TF TG TJ TL TM TN TR UA UY UZ VA VE VN WF XK YT'
  ).split(' '),
);

/** What separates the decimals of a number in a country (ISO 3166-1 alpha-2, upper case): decides what the ambiguous "1.000" is. */
export function decimalMarkOf(country: string): '.' | ',' {
  return COMMA.has(country) ? ',' : '.';
}
