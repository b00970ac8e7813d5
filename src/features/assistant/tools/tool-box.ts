import { Injectable } from '@nestjs/common';
import type { Scope } from '../../../platform/database/scope.js';
import { Problem } from '../../../platform/http/problems/problem.js';
import { readShape } from '../../../platform/http/shapes/shape-pipe.js';
import { didYouMean } from '../../../shared/did-you-mean.js';
import { ChangeTools } from './change-tools.js';
import { PlanTools } from './plan-tools.js';
import { ReadTools } from './read-tools.js';
import type { Tool, ToolTurn } from './tool.js';
import { fault, faultOf, type ToolCall, type ToolOutcome } from './tool-outcome.js';

/** All tools, and the one way to call them. */
@Injectable()
export class ToolBox {
  private readonly tools: readonly Tool[];

  constructor(reading: ReadTools, changing: ChangeTools, planning: PlanTools) {
    this.tools = [...reading.all(), ...changing.all(), ...planning.all()];
  }

  /** The tools a caller has the permission for. */
  offered({ permissions }: Scope): readonly Tool[] {
    return this.tools.filter(({ permission }) => permissions.has(permission));
  }

  /**
   * Calls a tool, or gives what the same call of an attempt before came to. What the caller may not do, wrong arguments and refusals of the
   * use case are faults to be read and mended; only faults of ours are thrown.
   */
  async call(turn: ToolTurn, call: ToolCall): Promise<ToolOutcome> {
    const before = turn.journal.again(call);
    if (before) return before;
    const count = turn.journal.made.length;
    const outcome = await this.run(turn, call);
    // An effect has been written down with its transaction; a fault after a rollback, and what was only read, has not.
    if (turn.journal.made.length === count) turn.journal.add(call, outcome);
    return outcome;
  }

  private async run(turn: ToolTurn, call: ToolCall): Promise<ToolOutcome> {
    const found = this.tools.find(({ name }) => name === call.tool);
    if (!found) return unknownTool(call.tool, this.offered(turn.scope));
    if (!turn.scope.permissions.has(found.permission)) {
      const message = `You do not have the permission ${found.permission}, which this needs. Ask an administrator of your organization.`;
      return fault({ code: 'permission-denied', message });
    }
    try {
      return await found.run(turn, readShape(found.input, call.arguments) as never, call);
    } catch (error) {
      const known = error instanceof Problem ? faultOf(error) : undefined;
      if (known) return known;
      throw error;
    }
  }
}

function unknownTool(name: string, offered: readonly Tool[]): ToolOutcome {
  const validOptions = offered.map((one) => one.name);
  const near = didYouMean(name, validOptions);
  return fault({
    code: 'unknown-tool',
    message: `There is no tool “${name.slice(0, 100)}”.`,
    validOptions,
    ...(near ? { didYouMean: near } : {}),
  });
}
