import { Global, Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Connections } from '../runtime/connections.js';
import { CONNECTIONS } from '../runtime/tokens.js';
import { LOGGER, type Logger } from '../telemetry/telemetry.module.js';
import { BucketKeeper } from './bucket-keeper.js';
import { ObjectStorage } from './object-storage.js';

function makeStorage({ storage }: Connections): ObjectStorage {
  const { accessKeyId, secretAccessKey, ...address } = storage;
  return new ObjectStorage({ ...address, ...(accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : {}) });
}

/** The object storage of this process and its bucket. */
@Global()
@Module({
  providers: [
    { provide: ObjectStorage, inject: [CONNECTIONS], useFactory: makeStorage },
    {
      provide: BucketKeeper,
      inject: [ObjectStorage, LOGGER],
      useFactory: (storage: ObjectStorage, logger: Logger) =>
        new BucketKeeper(storage, (error) => logger.warn({ err: error }, 'object storage does not answer; trying again')),
    },
  ],
  exports: [ObjectStorage],
})
export class StorageModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(ObjectStorage) private readonly storage: ObjectStorage,
    @Inject(BucketKeeper) private readonly keeper: BucketKeeper,
  ) {}

  onApplicationBootstrap(): Promise<void> {
    return this.keeper.start();
  }

  onApplicationShutdown(): void {
    this.keeper.stop();
    this.storage.close();
  }
}
