import { problem } from '../../platform/http/problems/problem.js';

export const JobFinished = problem({ code: 'job-finished', status: 409, title: 'The job is finished already' });
export const JobNotFailed = problem({ code: 'job-not-failed', status: 409, title: 'Only failed jobs can be run again' });
