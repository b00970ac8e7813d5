import { Module } from '@nestjs/common';
import { OrganizationsModule } from '../../organizations/index.js';
import { KeysetLists } from './keyset-list.js';
import { RecordOwners } from './record-owners.js';

/** What every kind of record needs. */
@Module({ imports: [OrganizationsModule], providers: [KeysetLists, RecordOwners], exports: [KeysetLists, RecordOwners] })
export class RecordListsModule {}
