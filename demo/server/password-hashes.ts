/**
 * The demo's passwords, hashed beforehand.
 *
 * They are the people's names and everybody knows them, so the hashes are of the least cost that Argon2
 * has (8 KiB, one pass): at SurrealDB's own cost a server took half a second to seed itself, and each
 * sign-in up to a tenth. Made by `printf NAME | argon2 "switchyard NAME" -id -t 1 -k 8 -p 1 -e`.
 */
export const PASSWORD_HASHES = {
  alice:
    "$argon2id$v=19$m=8,t=1,p=1$c3dpdGNoeWFyZCBhbGljZQ$s2pyi9PXY69ZXYT6kgA6BoO4YDWG8YXkcbPbrE9S/Bk",
  bob: "$argon2id$v=19$m=8,t=1,p=1$c3dpdGNoeWFyZCBib2I$o/Z6kSRVXtPpktUtCoCy+C90AmmkI+L0F7Qj/6qr9Bc",
  root: "$argon2id$v=19$m=8,t=1,p=1$c3dpdGNoeWFyZCByb290$YQFEu4yN/GS0/NZcUV+VcveyP/REEivfHOZ93cc3Ow0",
  operator:
    "$argon2id$v=19$m=8,t=1,p=1$c3dpdGNoeWFyZCBvcGVyYXRvcg$PHYdWuFOmAE356jbdsLByV1xdl5BGhnv41Csyf/mdKg",
  editor:
    "$argon2id$v=19$m=8,t=1,p=1$c3dpdGNoeWFyZCBlZGl0b3I$JkBsdBBPoorroBczD7Xx3vWD0XG4kjpxBFAX1igUJv4",
  viewer:
    "$argon2id$v=19$m=8,t=1,p=1$c3dpdGNoeWFyZCB2aWV3ZXI$nQSrIlFJpL/vGfXoZxAW7dYP4nCzbCo+YsWY4o80h+g",
} as const;
