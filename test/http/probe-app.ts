import {
  Body,
  Controller,
  Delete,
  Get,
  Global,
  Inject,
  Injectable,
  Module,
  Param,
  Patch,
  Post,
  Query,
  type DynamicModule,
  type Type,
} from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessModule } from '../../src/platform/access/access.module.js';
import { CurrentScope } from '../../src/platform/access/current-scope.js';
import { AccessSource, type Denial, type Grant } from '../../src/platform/access/grant.js';
import { loadSettings } from '../../src/platform/config/load-settings.js';
import { Settings } from '../../src/platform/config/settings.js';
import { DATABASE_URLS, DatabaseModule } from '../../src/platform/database/database.module.js';
import { Database } from '../../src/platform/database/database.js';
import type { Scope } from '../../src/platform/database/scope.js';
import { Endpoint } from '../../src/platform/http/endpoint.js';
import { createHttpApp } from '../../src/platform/http/http-app.js';
import { HttpModule } from '../../src/platform/http/http.module.js';
import { JsonText, jsonPage } from '../../src/platform/http/json-text.js';
import { EditConflict, NotFound } from '../../src/platform/http/problems/core-problems.js';
import { problem } from '../../src/platform/http/problems/problem.js';
import { mergePatchOf, pageOf } from '../../src/platform/http/shapes/builders.js';
import {
  Bool,
  Email,
  Id,
  Instant,
  Int,
  ListOf,
  ListOfShape,
  LocalDate,
  MoneyField,
  Nested,
  OneOf,
  Text,
  TextMap,
} from '../../src/platform/http/shapes/fields.js';
import { TelemetryModule } from '../../src/platform/telemetry/telemetry.module.js';
import { newId } from '../../src/shared/ids.js';
import { cloneDatabase, testSecret, type TestDatabase } from '../harness/test-database.js';

/** A small feature of the tests' own, to see the platform without a feature of the product: garden tools that are lent. */
export class Part {
  @Text({ min: 1, max: 20 }) label: string;
  @Int({ min: 0, max: 10, optional: true }) count?: number;
}
export class MakeTool {
  @Text({ min: 1, max: 40 }) name: string;
  @OneOf(['spade', 'rake', 'shears']) kind: string;
  @Email({ optional: true }) contact?: string;
  @LocalDate({ optional: true }) boughtOn?: string;
  @MoneyField({ optional: true }) price?: { amountMinor: string; currency: string };
  @ListOf('text', { max: 3, optional: true, unique: true }) tags?: string[];
  @Nested(() => Part, { optional: true, nullable: true }) handle?: Part | null;
  @ListOfShape(() => Part, { optional: true, max: 2 }) parts?: Part[];
  @TextMap({ maxKeys: 2, maxLength: 10, optional: true }) attributes?: Record<string, string>;
}
export class ToolView {
  @Id() id: string;
  @Text({ max: 40 }) name: string;
  @Int() version: number;
  @Instant() createdAt: string;
}
export class EditTool extends mergePatchOf(MakeTool, ['kind']) {}
export class ToolQuery {
  @Int({ min: 1, max: 100, optional: true }) limit?: number;
  @Text({ max: 200, optional: true }) cursor?: string;
  @Bool({ optional: true }) lent?: boolean;
}
export const ToolTaken = problem({
  code: 'probe-tool-taken',
  status: 409,
  title: 'There is such a tool already',
  constraint: 'probe_tools_name',
  pointer: '/name',
});

interface ToolRow {
  id: string;
  name: string;
  version: number;
  createdAt: string;
}
const COLUMNS = `id, name, version, created_at as "createdAt"`;

@Injectable()
export class Tools {
  constructor(@Inject(Database) readonly db: Database) {}

  make(scope: Scope, input: MakeTool): Promise<ToolRow> {
    return this.db.writeOne(scope, async (tx) => {
      const made = await tx.first<ToolRow>(`insert into probe_tools (organization_id, id, name) values ($1, $2, $3) returning ${COLUMNS}`, [
        scope.organizationId,
        newId(),
        input.name,
      ]);
      if (!made) throw NotFound();
      return made;
    });
  }

  async get(scope: Scope, id: string): Promise<JsonText> {
    const found = await this.db.read(scope, (tx) => tx.first<ToolRow>(`select ${COLUMNS} from probe_tools where id = $1`, [id]));
    if (!found) throw NotFound();
    return new JsonText(JSON.stringify({ ...found, hidden: undefined }), { id, version: found.version });
  }

  async edit(scope: Scope, id: string, input: EditTool): Promise<ToolRow> {
    return this.db.write(scope, async (tx) => {
      const changed = await tx.first<ToolRow>(
        `update probe_tools set name = coalesce($2, name), version = version + 1 where id = $1 and version = $3 returning ${COLUMNS}`,
        [id, input.name ?? null, scope.ifMatch],
      );
      if (!changed) throw EditConflict();
      return changed;
    });
  }
}

@Controller('probe/tools')
export class ToolsController {
  constructor(@Inject(Tools) private readonly tools: Tools) {}

  @Post()
  @Endpoint({
    access: 'leads:create',
    returns: [201, ToolView],
    fails: [ToolTaken],
    idempotent: true,
    etag: true,
    location: '/api/v1/probe/tools/{id}',
    summary: 'Make a tool',
  })
  make(@CurrentScope() scope: Scope, @Body() input: MakeTool): Promise<ToolRow> {
    return this.tools.make(scope, input);
  }

  @Get()
  @Endpoint({ access: 'leads:read', returns: [200, pageOf(ToolView)], summary: 'List tools' })
  list(@Query() query: ToolQuery): JsonText {
    return jsonPage('[]', query.lent ? 'abc_-' : null);
  }

  @Get('wide')
  @Endpoint({ access: 'public', returns: [200, ToolView], summary: 'A row with more than it may say' })
  wide(): unknown {
    return { id: 'x', name: 'rake', version: 2, createdAt: new Date(0), passwordHash: 'never' };
  }

  @Get('broken')
  @Endpoint({ access: 'public', returns: [200, ToolView], summary: 'Fails in a way nobody declared' })
  broken(): never {
    throw new Error('password=hunter2 in the message');
  }

  @Get(':id')
  @Endpoint({ access: 'leads:read', returns: [200, ToolView], etag: true, summary: 'One tool' })
  get(@CurrentScope() scope: Scope, @Param('id') id: string): Promise<JsonText> {
    return this.tools.get(scope, id);
  }

  @Patch(':id')
  @Endpoint({ access: 'leads:update', returns: [200, ToolView], etag: true, ifMatch: 'required', summary: 'Change a tool' })
  edit(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() input: EditTool): Promise<ToolRow> {
    return this.tools.edit(scope, id, input);
  }

  @Delete(':id')
  @Endpoint({ access: 'leads:delete', returns: [204], summary: 'Throw a tool away' })
  remove(): void {}
}

/** Callers by key: `ck_owner`, `ck_other` (another organization), `ck_viewer`; everybody else is unknown. */
export class ProbeSource extends AccessSource {
  readonly denials: Denial[] = [];
  readonly asked: string[] = [];
  readonly grants = new Map<string, Grant>();

  verificationKey(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
  grantOfSession(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
  grantOfApiKey(key: string): Promise<Grant | undefined> {
    this.asked.push(key);
    return Promise.resolve(this.grants.get(key));
  }
  denied(denial: Denial): Promise<void> {
    this.denials.push(denial);
    return Promise.resolve();
  }
}

@Global()
@Module({ controllers: [ToolsController], providers: [Tools, { provide: AccessSource, useClass: ProbeSource }], exports: [AccessSource] })
export class ProbeModule {}

@Global()
@Module({})
class ProbeRoot {}

export interface ProbeApp {
  readonly nest: NestFastifyApplication;
  readonly database: TestDatabase;
  readonly source: ProbeSource;
  close(): Promise<void>;
}

const TABLE = `
  create table probe_tools (organization_id uuid not null, id uuid primary key, name text not null, version int not null default 1, created_at timestamptz(3) not null default now());
  create unique index probe_tools_name on probe_tools (organization_id, name);
  alter table probe_tools enable row level security; alter table probe_tools force row level security;
  create policy tenant on probe_tools using (organization_id = (select current_setting('app.organization_id')::uuid));
  grant select, insert, update, delete on probe_tools to concord_app`;

/** The platform alone, with the probe feature on it. */
export async function startProbeApp(environment: Record<string, string> = {}, more: Type[] = []): Promise<ProbeApp> {
  const database = await cloneDatabase();
  await database.owner.query(TABLE);
  const settings = loadSettings({
    NODE_ENV: 'test',
    SECRET_KEY: testSecret(),
    LOG_LEVEL: 'silent',
    PORT: '0',
    DATABASE_LANES: '2',
    API_DOCS: 'false',
    RATE_LIMIT_SCALE: '1000',
    ...environment,
  });
  const providers = [
    { provide: Settings, useValue: settings },
    { provide: DATABASE_URLS, useValue: database.urls },
  ];
  const start: DynamicModule = { module: ProbeRoot, global: true, providers, exports: providers, imports: [] };
  @Module({ imports: [start, TelemetryModule, DatabaseModule, HttpModule, AccessModule, ProbeModule, ...more] })
  class Root {}
  const nest = await createHttpApp(Root, settings);
  await nest.init();
  await nest.getHttpAdapter().getInstance().ready();
  return {
    nest,
    database,
    source: nest.get<ProbeSource>(AccessSource),
    close: async () => {
      await nest.close();
      await database.drop();
    },
  };
}
