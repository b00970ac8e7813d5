import { problem } from '../../../platform/http/problems/problem.js';

export const CompanyNotFound = problem({ code: 'company-not-found', status: 404, title: 'There is no such company' });
export const CompanyUnknown = problem({ code: 'company-unknown', status: 422, title: 'The organization has no such company' });
export const CompanyNotDeleted = problem({
  code: 'company-not-deleted',
  status: 409,
  title: 'The company is not deleted, so there is nothing to bring back',
});
export const CompanyDomainTaken = problem({
  code: 'company-domain-taken',
  status: 409,
  title: 'Another company has this domain',
  constraint: 'company_domains_one_company',
  pointer: '/domains',
});
export const LeadHasNoCompany = problem({ code: 'lead-has-no-company', status: 404, title: 'The lead is linked to no company' });
