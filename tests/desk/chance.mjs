// Chance that a seed repeats, and of it a directory as large as that of many towns together.

/** Numbers from 0 to 1 (mulberry32). */
export function chance(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const FIRST = ['Jan', 'Marie-Claire', 'Benoît', 'Sofie', 'Jürgen', 'Fatima', 'Öykü', 'Lieve', 'Hugo', 'Nadia', 'Thị Lan', 'Wim', 'Anaïs', 'Kris', 'Zoë', 'Mohammed', 'Greet', 'Luc', 'Ceylan', 'François', 'Dirk', 'Els', 'Günther', 'Noor'];
const PARTICLES = ['', '', '', '', 'Van ', 'De ', 'Van den ', 'Vande', 'El ', 'D’', 'Le '];
const BEGIN = ['Ver', 'Pee', 'Jans', 'Mae', 'Bau', 'Car', 'Clae', 'Wou', 'Des', 'Hen', 'Öz', 'Lam', 'Goo', 'Ste', 'Mül', 'Has', 'Roe', 'Van', 'Del', 'Ker', 'Bou', 'Schoe', 'Dup', 'Lef', 'Nguy', 'Yıl', 'Uyt', 'Tho', 'Fon', 'Mi'];
const MIDDLE = ['', 'stra', 'der', 'li', 'met', 'gär', 'che', 'ber', 'ten', 'ho', 'mar', 'sen', 'drick', 'broe', 'ssel', 'ta'];
const END = ['s', 'eten', 'ier', 'man', 'sen', 'ère', 'ck', 'ler', 'ens', 'ont', 'ove', 'ura', 'maz', 'aert', 'in', 'elle', 'uyse', 'hout'];
const FUNCTIONS = ['loketmedewerker', 'diensthoofd', 'conseiller en urbanisme', 'dossierbehandelaar', 'agent technique', 'ploegbaas', 'Sachbearbeiterin', 'jurist', 'bibliothecaris', 'maatschappelijk werker', 'secrétaire', 'wijkwerker'];
const SERVICES = ['population', 'civil-status', 'town-planning', 'environment', 'reception'];

/** So many people as a CSV file for `centrale people import`; and their names. */
export function people(count, seed) {
  const next = chance(seed), pick = (list) => list[Math.floor(next() * list.length)];
  const lines = ['id,name,function,service,desk,mobile,languages'], names = [];
  for (let i = 0; i < count; i += 1) {
    const name = `${pick(FIRST)} ${pick(PARTICLES)}${pick(BEGIN)}${pick(MIDDLE)}${pick(END)}`;
    names.push(name);
    lines.push(`p${i},${name},${pick(FUNCTIONS)} ${1 + (i % 40)},${pick(SERVICES)},+3254${400000 + i},${next() < 0.4 ? `+3247${1000000 + i}` : ''},nl|fr`);
  }
  return { csv: `${lines.join('\n')}\n`, names };
}
