import { Module } from '@nestjs/common';
import { DuplicateReviewModule } from '../duplicate-review/duplicate-review.module.js';
import { LeadFactsRepository } from './lead-facts.repository.js';
import { LeadScoresRepository } from './lead-scores.repository.js';
import { LeadScoresService } from './lead-scores.service.js';
import { ScoringTools } from './scoring-tools.js';
import { ScoringController } from './scoring.controller.js';
import { LeadModelTraining, LeadScoring } from './scoring-runs.js';
import { ScoringRepository } from './scoring.repository.js';
import { ScoringService } from './scoring.service.js';

/** How likely leads are won: rules, what closed leads teach, and both together. */
@Module({
  imports: [DuplicateReviewModule],
  controllers: [ScoringController],
  providers: [
    ScoringService,
    ScoringRepository,
    LeadFactsRepository,
    LeadScoresService,
    LeadScoresRepository,
    LeadModelTraining,
    LeadScoring,
    ScoringTools,
  ],
})
export class LeadScoringModule {}
