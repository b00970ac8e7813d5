/** How the text of one environment variable is read. */
export type SettingKind =
  'text' | 'secret' | 'bool' | 'int' | 'number' | 'port' | 'url' | 'list' | 'one-of' | 'duration-seconds' | 'trust-proxy';

/** The heading under which a variable stands in `.env.example`, in this order. */
export const SETTING_GROUPS = [
  'Server',
  'Security',
  'Database',
  'Queue',
  'Object storage',
  'Mail',
  'Organizations',
  'AI',
  'Limits',
  'Logs and metrics',
] as const;

export type SettingGroup = (typeof SETTING_GROUPS)[number];

/** What is said about one variable; the defaults are written as they would be in the environment. */
export interface SettingDeclaration {
  env: string;
  kind: SettingKind;
  group: SettingGroup;
  doc: string;
  default?: string;
  /** Said in place of a default that depends on other variables. */
  derived?: string;
  example?: string;
  options?: readonly string[];
  /** Limits of a number, or of the length of a text. */
  min?: number;
  max?: number;
  /** Schemes a URL may have; http and https when absent. */
  schemes?: readonly string[];
  pattern?: { expression: RegExp; expected: string };
  /** Boot fails without it. */
  required?: boolean;
}

export interface DeclaredSetting extends SettingDeclaration {
  field: string;
}

const declared = new WeakMap<object, DeclaredSetting[]>();

/** Declares a field of the settings class as one environment variable. */
export function Setting(declaration: SettingDeclaration): PropertyDecorator {
  return (target, field) => {
    const list = declared.get(target) ?? [];
    list.push({ ...declaration, field: String(field) });
    declared.set(target, list);
  };
}

/** The declared variables of a settings class and of the classes it extends, in the order of the source. */
export function declaredSettings(type: { prototype: object }): readonly DeclaredSetting[] {
  const found: DeclaredSetting[] = [];
  for (let target: object | null = type.prototype; target; target = Object.getPrototypeOf(target) as object | null) {
    found.unshift(...(declared.get(target) ?? []));
  }
  return found;
}
