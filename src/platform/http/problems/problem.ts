/** One fault of a request: where it is, what is wrong and, for closed lists, what would be right. */
export interface FieldError {
  /** JSON pointer into the body (RFC 6901). */
  readonly pointer?: string;
  /** Name of a query parameter or header. */
  readonly parameter?: string;
  readonly code: string;
  readonly message: string;
  readonly validOptions?: readonly string[];
  readonly didYouMean?: string;
}

export interface ProblemDefinition {
  /** Unique for ever, lower-kebab; the last part of the problem's `type`. */
  readonly code: string;
  readonly status: number;
  readonly title: string;
  /** Database constraint whose violation means this problem. */
  readonly constraint?: string | readonly string[];
  /** JSON pointer of the field a violated constraint speaks of. */
  readonly pointer?: string;
}

export interface ProblemDetails {
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  readonly validOptions?: readonly string[];
  readonly didYouMean?: string;
  /** Seconds after which trying again makes sense. */
  readonly retryAfterSeconds?: number;
  /** Further members of the answer (RFC 9457 extension members). */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A declared failure on its way to the caller; services throw these and nothing else. */
export class Problem extends Error {
  constructor(
    readonly definition: ProblemDefinition,
    readonly details: ProblemDetails = {},
  ) {
    super(details.detail ?? definition.title, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'Problem';
  }
}

/** A declared problem: call it to make one to throw. */
export interface ProblemFactory {
  (details?: ProblemDetails): Problem;
  readonly definition: ProblemDefinition;
}

const declared = new Map<string, ProblemFactory>();
const byConstraint = new Map<string, ProblemFactory>();

/** Declares a problem; a code or constraint used twice throws at load. */
export function problem(definition: ProblemDefinition): ProblemFactory {
  if (declared.has(definition.code)) throw new Error(`problem code "${definition.code}" is declared twice`);
  const factory = Object.assign((details?: ProblemDetails) => new Problem(definition, details), { definition });
  declared.set(definition.code, factory);
  for (const constraint of [definition.constraint ?? []].flat()) {
    if (byConstraint.has(constraint)) throw new Error(`constraint "${constraint}" is mapped twice`);
    byConstraint.set(constraint, factory);
  }
  return factory;
}

/** Every declared problem, for the OpenAPI document and `docs/problems.md`. */
export function declaredProblems(): readonly ProblemFactory[] {
  return [...declared.values()];
}

/** The problem that a violated database constraint stands for. */
export function problemOfConstraint(constraint: string): ProblemFactory | undefined {
  return byConstraint.get(constraint);
}
