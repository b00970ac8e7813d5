import { problem } from '../../platform/http/problems/problem.js';

export const MailNotFound = problem({ code: 'mail-not-found', status: 404, title: 'There is no such mail' });
