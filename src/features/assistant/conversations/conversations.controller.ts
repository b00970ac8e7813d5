import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { EditConflict, InvalidCursor } from '../../../platform/http/problems/core-problems.js';
import { pageOf } from '../../../platform/http/shapes/builders.js';
import { ConversationNotFound } from '../assistant.errors.js';
import { ConversationsService } from './conversations.service.js';
import { ConversationsQuery, ConversationView, CreateConversation, MessageView, RenameConversation } from './conversations.shapes.js';

@Controller('conversations')
export class ConversationsController {
  constructor(private readonly conversations: ConversationsService) {}

  @Post()
  @Endpoint({
    access: 'assistant:use',
    returns: [201, ConversationView],
    summary: 'Begin a conversation',
    description: 'Without a title it takes that of its first message.',
    idempotent: true,
    etag: true,
    location: '/api/v1/conversations/{id}',
  })
  create(@CurrentScope() scope: Scope, @Body() input: CreateConversation) {
    return this.conversations.create(scope, input);
  }

  @Get()
  @Endpoint({
    access: 'assistant:use',
    returns: [200, pageOf(ConversationView)],
    summary: 'List your conversations, the last used first',
    fails: [InvalidCursor],
  })
  list(@CurrentScope() scope: Scope, @Query() query: ConversationsQuery) {
    return this.conversations.list(scope, query);
  }

  @Get(':id')
  @Endpoint({
    access: 'assistant:use',
    returns: [200, ConversationView],
    summary: 'Look at a conversation of yours',
    fails: [ConversationNotFound],
    etag: true,
  })
  get(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.conversations.get(scope, id);
  }

  @Patch(':id')
  @Endpoint({
    access: 'assistant:use',
    returns: [200, ConversationView],
    summary: 'Give a conversation another title',
    fails: [ConversationNotFound, EditConflict],
    etag: true,
    ifMatch: 'optional',
  })
  rename(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() input: RenameConversation) {
    return this.conversations.rename(scope, id, input);
  }

  @Delete(':id')
  @Endpoint({
    access: 'assistant:use',
    returns: [204],
    summary: 'Delete a conversation with its messages',
    description: 'A message that waits for an answer is not answered any more. What was done stays, and can still be undone.',
    fails: [ConversationNotFound],
  })
  remove(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.conversations.remove(scope, id);
  }

  @Post(':id/clear')
  @Endpoint({
    access: 'assistant:use',
    returns: [200, ConversationView],
    summary: 'Let the assistant forget what was spoken of',
    description: 'A plan that waits for your yes is dropped. The messages stay to be read.',
    fails: [ConversationNotFound],
    etag: true,
  })
  clear(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.conversations.clear(scope, id);
  }

  @Get(':id/messages')
  @Endpoint({
    access: 'assistant:use',
    returns: [200, pageOf(MessageView)],
    summary: 'Read what was said, oldest first',
    fails: [ConversationNotFound, InvalidCursor],
  })
  messages(@CurrentScope() scope: Scope, @Param('id') id: string, @Query() query: ConversationsQuery) {
    return this.conversations.messages(scope, id, query);
  }
}
