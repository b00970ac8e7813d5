/** Topic of the bus: something was put in line by a request or a job. */
export const WEBHOOKS_DUE_TOPIC = 'webhooks-due';
