/** Rows of a design matrix as the places of the columns that are one; all others are zero. */
export type SparseRows = readonly (readonly number[])[];

export interface LogisticFit {
  readonly intercept: number;
  readonly weights: readonly number[];
}

const ROUNDS = 40;
const ENOUGH = 1e-9;

export const sigmoid = (logit: number): number => (logit >= 0 ? 1 / (1 + Math.exp(-logit)) : Math.exp(logit) / (1 + Math.exp(logit)));

/**
 * Bayesian logistic regression: the most probable weights when each is assumed beforehand to be near zero (normal, precision `ridge`), so
 * that a category seen a few times moves a score little. The intercept is free. Newton's method on a convex function: one answer.
 */
export function fitLogistic(rows: SparseRows, isWon: readonly boolean[], columns: number, ridge: number): LogisticFit {
  const size = columns + 1;
  const won = isWon.filter(Boolean).length;
  const theta = new Float64Array(size);
  theta[columns] = Math.log((won + 1) / (isWon.length - won + 1));
  for (let round = 0; round < ROUNDS; round++) {
    const { gradient, hessian } = derivatives(rows, isWon, { theta, ridge });
    const step = solve(hessian, gradient, size);
    let largest = 0;
    for (let at = 0; at < size; at++) {
      // Steps are held short, so that no start can run away.
      const change = Math.max(-2, Math.min(2, step[at] ?? 0));
      theta[at] = (theta[at] ?? 0) + change;
      largest = Math.max(largest, Math.abs(change));
    }
    if (largest < ENOUGH) break;
  }
  return { intercept: theta[columns] ?? 0, weights: [...theta.subarray(0, columns)] };
}

/** Log odds of a row. */
export function logitOf({ intercept, weights }: LogisticFit, row: readonly number[]): number {
  return row.reduce((sum, column) => sum + (weights[column] ?? 0), intercept);
}

function derivatives(
  rows: SparseRows,
  isWon: readonly boolean[],
  { theta, ridge }: { theta: Float64Array; ridge: number },
): { gradient: Float64Array; hessian: Float64Array } {
  const size = theta.length;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  for (const [at, row] of rows.entries()) {
    const active = [...row, size - 1];
    const p = sigmoid(active.reduce((sum, column) => sum + (theta[column] ?? 0), 0));
    const rest = (isWon[at] ? 1 : 0) - p;
    const curve = p * (1 - p);
    for (const one of active) {
      gradient[one] = (gradient[one] ?? 0) + rest;
      for (const other of active) hessian[one * size + other] = (hessian[one * size + other] ?? 0) + curve;
    }
  }
  for (let at = 0; at < size; at++) {
    const strength = at === size - 1 ? 1e-6 : ridge;
    gradient[at] = (gradient[at] ?? 0) - strength * (theta[at] ?? 0);
    hessian[at * size + at] = (hessian[at * size + at] ?? 0) + strength;
  }
  return { gradient, hessian };
}

/** Solves a symmetric positive system by Cholesky's factors. */
function solve(matrix: Float64Array, right: Float64Array, size: number): Float64Array {
  const factor = new Float64Array(size * size);
  const get = (row: number, column: number): number => factor[row * size + column] ?? 0;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * size + column] ?? 0;
      for (let at = 0; at < column; at++) sum -= get(row, at) * get(column, at);
      factor[row * size + column] = row === column ? Math.sqrt(Math.max(sum, 1e-12)) : sum / get(column, column);
    }
  }
  const half = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    let sum = right[row] ?? 0;
    for (let at = 0; at < row; at++) sum -= get(row, at) * (half[at] ?? 0);
    half[row] = sum / get(row, row);
  }
  const found = new Float64Array(size);
  for (let row = size - 1; row >= 0; row--) {
    let sum = half[row] ?? 0;
    for (let at = row + 1; at < size; at++) sum -= get(at, row) * (found[at] ?? 0);
    found[row] = sum / get(row, row);
  }
  return found;
}
