/**
 * Tables with PERMISSIONS of every kind: NONE, FULL, by owner, by role, by being nobody, field by field, and
 * mixed. Whoever uses them writes down by hand what follows for whom.
 */
import type { SignIn } from "../../src/session/model.ts";
import { recordSignIn, SIGN_INS } from "./scene.ts";

/** They are made where `user:alice` has the role "admin" and `user:bob` the role "member". */
export const PERMISSION_KINDS = `
DEFINE TABLE closed PERMISSIONS NONE;
CREATE closed:1; CREATE closed:2;

DEFINE TABLE open PERMISSIONS FULL;
CREATE open:1; CREATE open:2;

DEFINE TABLE own PERMISSIONS FOR select, create, update, delete WHERE owner = $auth.id;
CREATE own:1 SET owner = user:alice; CREATE own:2 SET owner = user:bob; CREATE own:3 SET owner = user:bob;

-- The trap in such a rule: where nobody is the owner, nobody is who asks.
DEFINE TABLE orphan PERMISSIONS FOR select, create, update, delete WHERE owner = $auth.id;
CREATE orphan:1; CREATE orphan:2 SET owner = user:alice;

DEFINE TABLE blind PERMISSIONS FOR select NONE, FOR create, update, delete WHERE owner = $auth.id;
CREATE blind:1 SET owner = user:alice; CREATE blind:2 SET owner = user:bob; CREATE blind:3 SET owner = user:bob;

DEFINE TABLE dropbox PERMISSIONS FOR select NONE, FOR create, update, delete FULL;
CREATE dropbox:1; CREATE dropbox:2;

DEFINE TABLE staff PERMISSIONS FOR select, update WHERE $auth.role = 'admin', FOR create FULL, FOR delete NONE;
CREATE staff:1; CREATE staff:2;

DEFINE TABLE lobby PERMISSIONS FOR select, create WHERE $auth = NONE, FOR update, delete NONE;
CREATE lobby:1;

DEFINE TABLE mixed PERMISSIONS
  FOR select WHERE public OR owner = $auth.id,
  FOR create FULL,
  FOR update WHERE owner = $auth.id OR $auth.role = 'admin',
  FOR delete NONE;
CREATE mixed:1 SET owner = user:alice, public = true;
CREATE mixed:2 SET owner = user:bob, public = false;
CREATE mixed:3 SET owner = user:bob, public = true;

DEFINE TABLE form SCHEMAFULL PERMISSIONS FOR select FULL, FOR create, update, delete WHERE owner = $auth.id;
DEFINE FIELD owner ON form TYPE record<user>;
DEFINE FIELD name ON form TYPE string ASSERT string::len($value) > 2;
DEFINE FIELD secret ON form TYPE option<string> PERMISSIONS FOR select WHERE $auth.role = 'admin';
CREATE form:1 SET owner = user:alice, name = 'one', secret = 'x';
CREATE form:2 SET owner = user:bob, name = 'two', secret = 'y';

DEFINE TABLE pay SCHEMAFULL PERMISSIONS FOR select, create, update FULL, FOR delete WHERE $auth.role = 'admin';
DEFINE FIELD owner ON pay TYPE record<user>;
DEFINE FIELD amount ON pay TYPE option<int> PERMISSIONS
  FOR select WHERE owner = $auth.id OR $auth.role = 'admin', FOR create, update WHERE $auth.role = 'admin';
DEFINE FIELD grade ON pay TYPE option<int> PERMISSIONS FOR select FULL, FOR create, update NONE;
CREATE pay:1 SET owner = user:alice, amount = 10, grade = 1;
CREATE pay:2 SET owner = user:bob, amount = 20, grade = 2;

DEFINE TABLE likes TYPE RELATION IN user OUT user
  PERMISSIONS FOR select NONE, FOR create, update, delete WHERE in = $auth.id;
RELATE user:alice->likes:1->user:bob SET since = 1;
RELATE user:bob->likes:2->user:alice;

DEFINE TABLE empty PERMISSIONS FOR select FULL, FOR update WHERE owner = $auth.id, FOR create, delete NONE;

DEFINE TABLE \`odd\\\`; REMOVE TABLE open; --\` PERMISSIONS FOR select FULL, FOR create, update, delete NONE;
CREATE \`odd\\\`; REMOVE TABLE open; --\`:1;
`;

/** Gives the people of the demo their roles. */
export const DEMO_ROLES = `
DEFINE FIELD role ON user TYPE option<string>;
UPDATE user:alice SET role = 'admin';
UPDATE user:bob SET role = 'member';
`;

/** Those of the demo whom the rules treat differently: by level, by role, by what is theirs. */
export const PERMISSION_PEOPLE = {
  Admin: SIGN_INS.root,
  Editor: SIGN_INS.editor,
  Viewer: SIGN_INS.viewer,
  Alice: SIGN_INS.alice,
  Bob: recordSignIn("bob"),
  Anonymous: undefined,
} as const satisfies Record<string, SignIn | undefined>;

export type PermissionPerson = keyof typeof PERMISSION_PEOPLE;
