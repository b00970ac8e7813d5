import { Controller, Get, Module } from '@nestjs/common';
import { expect, it } from '@jest/globals';
import { startProbeApp } from './probe-app.js';

@Controller('bare')
class BareController {
  @Get()
  open(): string {
    return 'nobody asked who may see this';
  }
}

@Module({ controllers: [BareController] })
class BareModule {}

it('a route without @Endpoint stops the boot and is named', async () => {
  await expect(startProbeApp({}, [BareModule])).rejects.toThrow('routes without @Endpoint: BareController.open');
});
