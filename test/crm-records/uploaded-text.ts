import type { TestActor } from '../harness/actors.js';
import type { TestApp } from '../harness/test-app.js';

/** The id of a small text file that an actor has uploaded. */
export async function uploadedText(app: TestApp, actor: Pick<TestActor, 'token'>): Promise<string> {
  const head = '--cut\r\ncontent-disposition: form-data; name="file"; filename="offer.txt"\r\ncontent-type: text/plain\r\n\r\n';
  const headers = { 'content-type': 'multipart/form-data; boundary=cut' };
  const answer = await app.call('POST', '/api/v1/files', { token: actor.token, body: `${head}An offer\r\n--cut--\r\n`, headers });
  if (answer.status !== 201) throw new Error(`the upload answered ${answer.status}: ${answer.text}`);
  return (answer.json as { id: string }).id;
}
