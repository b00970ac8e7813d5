import { Module } from '@nestjs/common';
import { CrmSettingsController } from './crm-settings.controller.js';
import { CrmSettingsRepository } from './crm-settings.repository.js';
import { CrmSettings } from './crm-settings.service.js';

/** How the CRM of an organization behaves. */
@Module({ controllers: [CrmSettingsController], providers: [CrmSettings, CrmSettingsRepository], exports: [CrmSettings] })
export class CrmSettingsModule {}
