import { Global, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import { Settings } from '../config/settings.js';
import { LOGGER, type Logger } from '../telemetry/telemetry.module.js';
import { Ai } from './ai.js';
import { CallRunner } from './calls/call-runner.js';
import { localEmbedding } from './embedding/local-embedding.js';
import { EngineSet } from './engines/engine-set.js';
import { loadVendorEngines } from './engines/load-engines.js';
import { LocalEngine } from './engines/local-engine.js';
import { LocalCalls } from './local-calls.js';
import { LocalEngines } from './local-engines.js';
import { Prices } from './prices/prices.js';

/** The way to AI. `AiLedger` comes from the ai-usage feature, whose module is global for this one reason. */
@Global()
@Module({
  providers: [
    Ai,
    CallRunner,
    LocalEngines,
    LocalCalls,
    { provide: Prices, inject: [Settings], useFactory: ({ aiPrices }: Settings) => new Prices(aiPrices) },
    {
      provide: EngineSet,
      inject: [Settings, Clock, LocalEngines],
      useFactory: async (settings: Settings, clock: Clock, locals: LocalEngines) => {
        const now = (): Date => clock.now();
        return new EngineSet([new LocalEngine(locals, localEmbedding), ...(await loadVendorEngines(settings, now))], settings, now);
      },
    },
  ],
  exports: [Ai, LocalEngines, LocalCalls],
})
export class AiModule implements OnModuleInit {
  constructor(
    private readonly engines: EngineSet,
    private readonly prices: Prices,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    const unpriced = this.engines.vendorModels().filter((model) => !this.prices.knows(model));
    for (const model of unpriced) this.logger.warn({ model }, 'no price is known for this AI model, so it is counted dear: set AI_PRICES');
  }
}
