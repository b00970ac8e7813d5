import { Module } from '@nestjs/common';
import { VectorStore } from './vector-store.js';

@Module({ providers: [VectorStore], exports: [VectorStore] })
export class VectorsModule {}
