// Registered names that values are taken from.

/** A name of the IANA registry "Hash Function Textual Names". */
export interface HashFunction {
  readonly name: string;
  /** Hexadecimal digits of a digest. */
  readonly digits: number;
  /** SHA-256 or stronger: what RFC 5854, section 7.4 asks for. */
  readonly strong: boolean;
  /** The name in node:crypto and in OCI digests; undefined where common libraries lack it. */
  readonly algorithm: string | undefined;
}

/** Weakest first. The SHAKE lengths are those of RFC 8702. */
export const hashFunctions: readonly HashFunction[] = [
  { name: 'md2', digits: 32, strong: false, algorithm: undefined },
  { name: 'md5', digits: 32, strong: false, algorithm: 'md5' },
  { name: 'sha-1', digits: 40, strong: false, algorithm: 'sha1' },
  { name: 'sha-224', digits: 56, strong: false, algorithm: 'sha224' },
  { name: 'shake128', digits: 64, strong: true, algorithm: 'shake128' },
  { name: 'sha-256', digits: 64, strong: true, algorithm: 'sha256' },
  { name: 'sha-384', digits: 96, strong: true, algorithm: 'sha384' },
  { name: 'shake256', digits: 128, strong: true, algorithm: 'shake256' },
  { name: 'sha-512', digits: 128, strong: true, algorithm: 'sha512' },
];

const byName: ReadonlyMap<string, HashFunction> = new Map(hashFunctions.map((hash) => [hash.name, hash]));

/** The hash function of exactly that registered name. */
export function hashFunction(name: string): HashFunction | undefined {
  return byName.get(name);
}

/** The registered function that another spelling means: `SHA256`, `sha1`, `SHA-512` (Metalink 3 and many tools). */
export function hashFunctionOfAlias(name: string): HashFunction | undefined {
  const plain = name.trim().toLowerCase().replace(/_/g, '-');
  return byName.get(plain) ?? byName.get(plain.replace(/^sha-?(1|224|256|384|512)$/, 'sha-$1'));
}

/** The most usual function with that many hexadecimal digits: what a digest without type most likely is. */
export function hashFunctionOfLength(digits: number): HashFunction | undefined {
  return ['md5', 'sha-1', 'sha-224', 'sha-256', 'sha-384', 'sha-512']
    .map((name) => byName.get(name))
    .find((hash) => hash?.digits === digits);
}

/** IANA "Operating System Names". */
export const operatingSystems: ReadonlySet<string> = new Set(
  `AEGIS AIX-PS/2 AIX/370 AMIGA-OS-1.2 AMIGA-OS-1.3 AMIGA-OS-2.0 AMIGA-OS-2.1 AMIGA-OS-3.0 AMIGA-OS-3.1 AMIGA-OS-3.5 AMIGA-OS-3.9
  APOLLO BEOS-4.5.2 BEOS-5.0 BS-2000 CEDAR CGW CHORUS CHRYSALIS CMOS CMS COS CPIX CTOS CTSS CYGWIN DCN DDNOS DOMAIN DOS ECOS ECOSPRO
  EDX ELF EMBOS EMMOS EPOS FOONEX FORTH FREEBSD FUZZ GCOS GPOS HDOS IMAGEN IMPRESS INSTANT-INTERNET INTERCOM INTERLISP IOS IRIX
  ISI-68020 ITS KOSOS LINUX LINUX-1.0 LINUX-1.2 LINUX-2.0 LINUX-2.2 LINUX-2.4 LINUX-2.6 LISP LISPM LOCUS MACOS MINOS MOS MPE/IX MPE/V
  MPE5 MSDOS MULTICS MUSIC MUSIC/SP MVS MVS/SP NETBSD-1.0 NETBSD-1.1 NETBSD-1.2 NETBSD-1.3 NETWARE-3 NETWARE-3.11 NETWARE-4.0
  NETWARE-4.1 NETWARE-5.0 NEXUS NMS NONSTOP NOS-2 NTOS OPENBSD OPENVME OPENVMS OS/2 OS/DDP OS4 OS86 OSX PCDOS PERQ/OS PLI PRIMOS
  PSDOS/MIT PSOS RISC-OS RISC-OS-3.10 RISC-OS-3.50 RISC-OS-3.60 RISC-OS-3.70 RISC-OS-4.00 RMX/RDOS ROS RSX11M RTE-A SATOPS
  SCO-OPEN-DESKTOP-1.0 SCO-OPEN-DESKTOP-1.1 SCO-OPEN-DESKTOP-2.0 SCO-OPEN-DESKTOP-3.0 SCO-OPEN-DESKTOP-LITE-3.0 SCO-OPEN-SERVER-3.0
  SCO-UNIX-3.2.0 SCO-UNIX-3.2V2.0 SCO-UNIX-3.2V2.1 SCO-UNIX-3.2V4.0 SCO-UNIX-3.2V4.1 SCO-UNIX-3.2V4.2 SCO-XENIX-386-2.3.2
  SCO-XENIX-386-2.3.3 SCO-XENIX-386-2.3.4 SCS SIMP SINIX SUN SUN-OS-3.5 SUN-OS-4.0 SWIFT TAC TANDEM TENEX THE-MAJOR-BBS TOPS10 TOPS20
  TOS TP3010 TRSDOS ULTRIX UNIX UNIX-BSD UNIX-PC UNIX-V UNIX-V.1 UNIX-V.2 UNIX-V.3 UNIX-V1AT UNKNOWN UT2D V VM VM/370 VM/CMS VM/SP VMS
  VMS/EUNICE VRTX WAITS WANG WIN32 WINDOWS-95 WINDOWS-98 WINDOWS-CE WINDOWS-NT WINDOWS-NT-2 WINDOWS-NT-3 WINDOWS-NT-3.5 WINDOWS-NT-3.51
  WINDOWS-NT-4 WINDOWS-NT-5 WORLDGROUP WYSE-WYXWARE X11R3 XDE XENIX`.split(/\s+/),
);

/** ISO 3166-1 alpha-2, officially assigned, in the lower case that generators write. */
export const countries: ReadonlySet<string> = new Set(
  `ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br bs bt bv bw by bz ca cc cd cf cg ch ci ck
  cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg eh er es et fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs
  gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv
  ly ma mc md me mf mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm
  pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st sv sx sy sz tc td tf tg th tj tk tl tm tn to tr
  tt tv tw tz ua ug um us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw`.split(/\s+/),
);

/** Codes that are written for a country and are not its code. */
export const countryMistakes: Readonly<Record<string, string>> = {
  uk: 'gb',
  en: 'gb',
  el: 'gr',
  fx: 'fr',
  su: 'ru',
  ja: 'jp',
  zh: 'cn',
  ko: 'kr',
};

/** Codes of countries that are written for a language and are no language's code. */
export const languageMistakes: Readonly<Record<string, string>> = {
  cn: 'zh', cz: 'cs', dk: 'da', gb: 'en', gr: 'el', il: 'he', ir: 'fa', jp: 'ja', kr: 'ko', rs: 'sr', ua: 'uk', us: 'en', vn: 'vi',
}; // prettier-ignore

/** Media types of signatures that are in use (RFC 3156, RFC 8551). */
export const signatureTypes: readonly string[] = ['application/pgp-signature', 'application/pkcs7-signature'];

/** What a `metaurl` can lead to: BitTorrent has its reserved word (RFC 5854, section 4.2.8.2). */
export const metaurlTypes: readonly string[] = ['torrent', 'application/metalink4+xml', 'application/metalink+xml'];
