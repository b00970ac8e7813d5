import { problem } from '../../platform/http/problems/problem.js';

export const NotReady = problem({ code: 'not-ready', status: 503, title: 'Not ready to serve' });
