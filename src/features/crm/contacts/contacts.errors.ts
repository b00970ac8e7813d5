import { problem } from '../../../platform/http/problems/problem.js';

export const ContactNotFound = problem({ code: 'contact-not-found', status: 404, title: 'There is no such contact' });
export const ContactNotDeleted = problem({
  code: 'contact-not-deleted',
  status: 409,
  title: 'The contact is not deleted, so there is nothing to bring back',
});
export const ContactEmailTaken = problem({
  code: 'contact-email-taken',
  status: 409,
  title: 'Another contact has this e-mail address',
  constraint: 'contact_emails_one_contact',
  pointer: '/emails',
});
export const ContactNotLinked = problem({ code: 'contact-not-linked', status: 404, title: 'The contact is not linked to this lead' });
export const TooManyContacts = problem({ code: 'too-many-contacts', status: 409, title: 'The lead has too many contacts' });
