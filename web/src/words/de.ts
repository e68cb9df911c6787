import { account } from './de/account.ts'
import { dashboard } from './de/dashboard.ts'
import { errors } from './de/errors.ts'
import { frame } from './de/frame.ts'
import { usage } from './de/usage.ts'
import { staff } from './de/staff.ts'
import { home } from './de/home.ts'
import { messages } from './de/messages.ts'
import type { Words } from './en.ts'

export const de: Words = { frame, account, dashboard, errors, messages, home, staff, usage }
