import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../domain/clock.ts'
import { Fault } from '../../domain/fault.ts'
import { meSchema } from '../../domain/officer.ts'
import { sessionSchema, setPasswordSchema, signInSchema } from '../../domain/wire/http.ts'
import type { z } from '../../domain/z.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Database } from '../store/database.ts'
import { audit, auditBy } from './audit.ts'
import { cookieOf, SESSION_COOKIE } from './authenticate.ts'
import type { PasswordHasher } from './password-hasher.ts'
import { SESSION_MS, type Sessions } from './sessions.ts'
import { useLink } from './sign-in-links.ts'
import { TokenBucket } from './token-bucket.ts'
import { readUser, readUserByName, type UserRow } from './user-rows.ts'

/** Wrong tries of one address: twenty at once (a shift change behind one NAT), then one every two seconds. */
const TRIES = 20
const TRY_REFILL_MS = 2_000

export interface SessionRouteDeps {
  database: Database
  sessions: Sessions
  hasher: PasswordHasher
  clock: Clock
  /** The cookie is for HTTPS only. */
  hasTls: boolean
}

/** Sign-in, sign-out and what one may know and change about oneself. */
export function sessionRoutes(deps: SessionRouteDeps): Route[] {
  const { sessions } = deps
  return [
    signInRoute(deps),
    defineRoute({
      method: 'delete',
      path: '/session',
      summary: 'Sign out',
      action: 'self',
      handler: async ({ subject, res }) => {
        if (subject.type !== 'officer') throw new Fault('forbidden', 'Only people have sessions.')
        await audit(deps.database, auditBy(subject, 'sign-out', 'session', subject.sessionId))
        await sessions.close(subject.sessionId)
        setCookie(res, '', 0, deps.hasTls)
      },
    }),
    defineRoute({
      method: 'get',
      path: '/me',
      summary: 'Who is signed in',
      action: 'self',
      answer: meSchema,
      handler: ({ subject }) => {
        if (subject.type !== 'officer') throw new Fault('forbidden', 'Only people have an account.')
        return subject.me
      },
    }),
    setPasswordRoute(deps),
  ]
}

function signInRoute(deps: SessionRouteDeps): Route {
  const { database, sessions, clock, hasTls } = deps
  const tries = new TokenBucket(clock, TRIES, TRY_REFILL_MS)
  return defineRoute({
    method: 'post',
    path: '/session',
    summary: 'Sign in by password, or once by the link of the first start',
    action: 'public',
    body: signInSchema,
    answer: sessionSchema,
    handler: async ({ body, req, res }) => {
      const address = req.socket.remoteAddress ?? ''
      const waitS = tries.take(address)
      if (waitS > 0) {
        throw new Fault('too-many-requests', `Too many wrong tries from here. Wait ${waitS} s.`, { retryAfterS: waitS })
      }
      const user = await userOf(body, deps)
      if (!user) {
        const actor = 'username' in body ? body.username : 'link'
        const facts = { address }
        await audit(database, { actor, action: 'sign-in', objectKind: 'session', outcome: 'refused', facts })
        throw 'link' in body
          ? new Fault('wrong-credential', 'This link is not valid: it works once, for 24 hours.')
          : new Fault('wrong-credential', 'The name or the password is wrong.')
      }
      tries.giveBack(address)
      // A session that a stranger may have planted in this browser does not outlive the sign-in.
      await closeOld(req, sessions)
      const { token, session } = await sessions.open(user)
      await audit(database, {
        actor: user.username,
        sessionId: session.id,
        action: 'sign-in',
        objectKind: 'session',
        objectId: session.id,
        outcome: 'done',
        facts: { address, by: 'link' in body ? 'link' : 'password' },
      })
      setCookie(res, token, SESSION_MS / 1000, hasTls)
      return { token, me: session.me }
    },
  })
}

async function userOf(body: z.infer<typeof signInSchema>, deps: SessionRouteDeps): Promise<UserRow | null> {
  if ('link' in body) {
    const user = await useLink(deps.database, body.link)
    return user && !user.disabled ? user : null
  }
  const user = await readUserByName(deps.database, body.username)
  const isRight = await deps.hasher.verify(body.password, user?.password_hash ?? null)
  return user && isRight && !user.disabled ? user : null
}

async function closeOld(req: IncomingMessage, sessions: Sessions): Promise<void> {
  const old = cookieOf(req.headers.cookie, SESSION_COOKIE)
  const session = old === null || old === '' ? null : await sessions.find(old)
  if (session) await sessions.close(session.id)
}

function setPasswordRoute(deps: SessionRouteDeps): Route {
  const { database, sessions, hasher } = deps
  return defineRoute({
    method: 'post',
    path: '/me/password',
    summary: 'Choose a password; all other sessions of this account end',
    action: 'self',
    body: setPasswordSchema,
    answer: meSchema,
    handler: async ({ body, subject }) => {
      if (subject.type !== 'officer') throw new Fault('forbidden', 'Only people have a password.')
      const user = await readUser(database, subject.me.id)
      if (!user) throw new Fault('not-signed-in', 'This account is no longer there.')
      if (user.password_hash !== null && !(await hasher.verify(body.current ?? '', user.password_hash))) {
        throw new Fault('wrong-credential', 'The present password is wrong.')
      }
      if (body.password.toLowerCase().includes(user.username)) {
        throw new Fault('bad-request', 'The password must not contain the account name.')
      }
      const hash = await hasher.hash(body.password)
      await database.tx(async (tx) => {
        await audit(tx, auditBy(subject, 'set-password', 'user', user.id))
        await tx.execute('update users set password_hash = $2 where id = $1', [user.id, hash])
        await tx.execute('delete from sign_in_link where user_id = $1 and used_at is null', [user.id])
      })
      await sessions.closeOf(user.id, subject.sessionId)
      return { ...subject.me, mustSetPassword: false }
    },
  })
}

function setCookie(res: ServerResponse, token: string, maxAgeS: number, hasTls: boolean): void {
  const secure = hasTls ? '; Secure' : ''
  res.setHeader(
    'set-cookie',
    `${SESSION_COOKIE}=${token}; Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Strict${secure}`,
  )
}
