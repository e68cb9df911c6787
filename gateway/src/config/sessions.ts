import { seconds, section } from './fields.ts'

export const sessions = section({
  title: 'Sessions',
  shape: {
    SESSION_IDLE_SECONDS: seconds(8 * 3600).describe(
      'A session ends after so many seconds without a request.',
    ),
    SESSION_ABSOLUTE_SECONDS: seconds(24 * 3600).describe(
      'A session ends at the latest so many seconds after sign-in.',
    ),
    REVOCATION_GRACE_SECONDS: seconds(30, 0).describe(
      'How long sessions known to be good go on when neither notifications nor the database can be asked.',
    ),
  },
})
