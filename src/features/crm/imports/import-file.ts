import { Injectable } from '@nestjs/common';
import type { Scope } from '../../../platform/database/scope.js';
import { type FileFacts, Files } from '../../files/index.js';
import { type CsvRow, type CsvTable, openCsvTable } from './csv-table.js';

/** A file opened as a table; `bytesRead` grows while its rows are read. Close it when you stop early. */
export interface OpenImportFile {
  readonly file: FileFacts;
  readonly table: CsvTable;
  bytesRead(): number;
  close(): void;
}

const SAMPLE_ROWS = 20;

/** Opens uploaded files as tables. */
@Injectable()
export class ImportFiles {
  constructor(private readonly files: Files) {}

  /** Throws `CsvTableError` when there is no table in it. Never inside a transaction. */
  async open(scope: Scope, fileId: string): Promise<OpenImportFile> {
    const { stream, file } = await this.files.openStream(scope, fileId);
    let bytes = 0;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const chunk of stream as AsyncIterable<Uint8Array>) {
        bytes += chunk.length;
        yield chunk;
      }
    }
    try {
      const table = await openCsvTable(counted());
      return { file, table, bytesRead: () => bytes, close: () => void stream.destroy() };
    } catch (error) {
      stream.destroy();
      throw error;
    }
  }

  /** The heading and the first rows that can be read. */
  async sample(scope: Scope, fileId: string): Promise<{ file: FileFacts; headers: string[]; rows: { line: number; cells: string[] }[] }> {
    const opened = await this.open(scope, fileId);
    const { file, table } = opened;
    try {
      const rows: { line: number; cells: string[] }[] = [];
      for await (const row of table.rows) {
        if ('cells' in row) rows.push(row);
        if (rows.length >= SAMPLE_ROWS) break;
      }
      return { file, headers: table.headers, rows };
    } finally {
      opened.close();
    }
  }
}

/** Rows behind a line, in batches of a size. */
export async function* batchesAfter(rows: AsyncIterable<CsvRow>, line: number, size: number): AsyncGenerator<CsvRow[]> {
  let batch: CsvRow[] = [];
  for await (const row of rows) {
    if (row.line <= line) continue;
    batch.push(row);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
