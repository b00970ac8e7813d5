import { Body, Controller, Get, Header, Headers, Param, Post } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { Unavailable } from '../../../platform/http/problems/core-problems.js';
import { ChatTaskFinished, ChatTaskNotFound, ConversationBusy, ConversationNotFound } from '../assistant.errors.js';
import { ChatService } from './chat.service.js';
import { ChatAccepted, ChatTask, SendMessage } from './chat.shapes.js';

@Controller('chat')
export class ChatController {
  constructor(private readonly chat: ChatService) {}

  @Post()
  @Endpoint({
    access: 'assistant:use',
    returns: [202, ChatAccepted],
    summary: 'Say something to the assistant',
    description:
      'It is answered in the background, one message of a conversation after the other. What the assistant does, it does with your permissions. Before it deletes anything or changes many leads it asks: answer “yes” or “no”, or confirm the plan of the answer.',
    fails: [ConversationNotFound, ConversationBusy],
    rate: 'write',
    idempotent: true,
    location: '/api/v1/chat/tasks/{taskId}',
  })
  send(@CurrentScope() scope: Scope, @Body() input: SendMessage) {
    return this.chat.send(scope, input);
  }

  @Get('tasks/:id')
  @Endpoint({
    access: 'assistant:use',
    returns: [200, ChatTask],
    summary: 'Look at the answer to a message of yours',
    fails: [ChatTaskNotFound],
    rate: 'read',
  })
  task(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.chat.task(scope, id);
  }

  @Post('tasks/:id/cancel')
  @Endpoint({
    access: 'assistant:use',
    returns: [200, ChatTask],
    summary: 'Stop the answer to a message',
    description: 'What was done before stays done, and can be undone.',
    fails: [ChatTaskNotFound, ChatTaskFinished],
    rate: 'write',
  })
  cancel(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.chat.cancel(scope, id);
  }

  @Get('tasks/:id/events')
  @Header('cache-control', 'no-store')
  @Header('x-accel-buffering', 'no')
  @Endpoint({
    access: 'assistant:use',
    returns: [200, 'text/event-stream'],
    summary: 'Follow the answer to a message live',
    description:
      'Server-sent events: `token` with a piece of the answer, `restart` when the pieces so far are void, `tool` with a call and its outcome, and last `done` with the whole task. Ids grow; send the last one as `Last-Event-ID` to go on where you were.',
    fails: [ChatTaskNotFound, Unavailable],
    rate: 'read',
  })
  follow(@CurrentScope() scope: Scope, @Param('id') id: string, @Headers('last-event-id') lastEventId?: string) {
    return this.chat.follow(scope, id, lastEventId);
  }
}
