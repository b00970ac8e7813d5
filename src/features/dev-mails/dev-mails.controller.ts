import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import { Endpoint } from '../../platform/http/endpoint.js';
import { MailNotFound } from './dev-mails.errors.js';
import { DevMailsService } from './dev-mails.service.js';
import { CapturedMailList, CapturedMailQuery } from './dev-mails.shapes.js';

/** A mail may look as it likes, but nothing in it runs, loads or is sent anywhere. */
const MAIL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-popups";

@Controller('dev/mails')
export class DevMailsController {
  constructor(private readonly mails: DevMailsService) {}

  @Get()
  @Header('cache-control', 'no-store')
  @Endpoint({
    access: 'public',
    returns: [200, CapturedMailList],
    summary: 'Mails that were captured instead of sent',
    description: 'Newest first. Only there in development and without a mail server.',
  })
  list(@Query() query: CapturedMailQuery): Promise<CapturedMailList> {
    return this.mails.list(query);
  }

  @Get(':id')
  @Header('cache-control', 'no-store')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', MAIL_POLICY)
  @Endpoint({ access: 'public', returns: [200, 'text/html'], fails: [MailNotFound], summary: 'A captured mail as its reader sees it' })
  show(@Param('id') id: string): Promise<string> {
    return this.mails.html(id);
  }
}
