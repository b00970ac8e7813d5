import { Module } from '@nestjs/common';
import { BoardFeed } from './board-feed.js';
import { BoardLiveController } from './board-live.controller.js';
import { BoardLiveRepository } from './board-live.repository.js';
import { BoardLiveService } from './board-live.service.js';
import { LiveAccess } from './live-access.js';

/** Boards that show what others do while it happens. */
@Module({
  controllers: [BoardLiveController],
  providers: [BoardLiveService, BoardLiveRepository, BoardFeed, LiveAccess],
})
export class BoardLiveModule {}
