import { describe, expect, it } from 'vitest'
import { explainModelFailure } from './explain-model-failure.ts'

/** What the runtimes say, run against a model source that fails in each way. */
describe('explainModelFailure', () => {
  it.each([
    [401, 'It answered 401 (authentication_failed).', 'key-refused'],
    [null, 'unexpected status 401 Unauthorized: Incorrect API key provided, url: http://m/v1', 'key-refused'],
    [null, 'Incorrect API key provided: sk-t***ted.', 'key-refused'],
    [
      404,
      "There's an issue with the selected model (m). It may not exist or you may not have access.",
      'model-unknown',
    ],
    [null, 'The model `m` does not exist or you do not have access to it.', 'model-unknown'],
    [404, "Error code: 404 - {'error': {'code': 'model_not_found', 'message': 'No.'}}", 'model-unknown'],
    [404, 'API Error: 404 Not found', 'address-wrong'],
    [
      null,
      'unexpected status 404 Not Found: Not found, url: http://m/elsewhere/v1/responses',
      'address-wrong',
    ],
    [
      404,
      "Error code: 404 - {'error': {'type': 'not_found_error', 'message': 'Not found'}}",
      'address-wrong',
    ],
    [null, 'exceeded retry limit, last status: 429 Too Many Requests', 'limited'],
    [429, 'Rate limit reached for requests per min.; Retry-After: 7 seconds', 'limited'],
    [null, 'Rate limit reached for requests per min.', 'limited'],
    [500, 'API Error: 500 Internal server error.', 'upstream-failed'],
    [null, 'We’re currently experiencing high demand, which may cause temporary errors.', 'upstream-failed'],
    [null, 'API Error: 529 Overloaded', 'upstream-failed'],
    [null, 'stream disconnected before completion: network error: error decoding body', 'answer-cut'],
    [null, 'terminated', 'answer-cut'],
    [null, 'Reconnecting... waiting for network (Connection failed: error sending request)', 'unreachable'],
    [null, 'Connection error. (ENOTFOUND)', 'unreachable'],
    [null, 'Connection error.', 'unreachable'],
    [400, 'API Error: 400 max_tokens: must be greater than or equal to 1', 'request-refused'],
    [
      null,
      '{"error":{"type":"invalid_request_error","message":"Invalid value for an argument."}}',
      'request-refused',
    ],
  ] as const)('takes %s with %j for %s', (status, said, code) => {
    expect(explainModelFailure({ status, said })?.cause.code).toBe(code)
  })

  it('quotes the model source without the JSON around', () => {
    const said = "Error code: 401 - {'error': {'code': 'invalid_api_key', 'message': 'Incorrect API key.'}}"

    expect(explainModelFailure({ status: 401, said })?.message).toBe(
      'The model source refuses the key. Incorrect API key.',
    )
  })

  it('knows nothing of what no rule knows', () => {
    expect(explainModelFailure({ status: null, said: 'It gave up.' })).toBeNull()
    expect(explainModelFailure({ status: 418, said: '' })).toBeNull()
  })
})
