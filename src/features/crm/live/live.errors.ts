import { problem } from '../../../platform/http/problems/problem.js';

export const TooManyFollowers = problem({ code: 'too-many-followers', status: 429, title: 'You follow too much at once' });
