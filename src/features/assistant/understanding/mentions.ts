import type { Reference } from './command.js';

const NAME = /(?<![\p{L}'])\p{Lu}[\p{Ll}'’-]+(?:\s\p{Lu}[\p{L}'’-]+){0,2}/gu;
const NO_NAME =
  /^(?:The|This|That|These|Those|We|They|He|She|It|You|My|Our|His|Her|Their|Its|Just|Great|Good|Nice|Today|Yesterday|Tomorrow|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|May|June|July|August|September|October|November|December|Had|Have|Has|Got|Spoke|Talked|Met|Called|After|Before|When|While|Because|So|And|But|Also|Then|Now|There|Here|Hi|Hello|Hey|Thanks|Ok|Okay|Yes|No|What|Who|Why|How|Where|Finally|Apparently|Unfortunately|Looks|Seems|Sounds|Is|Are|Was|Were|Did|Do|Does|Should|Could|Would|Will|Can|If|For|From|With|In|On|At|To|Of|By|As|An|A)$/u;

/** The one person a sentence names in capital letters; undefined for none or several. */
export function mentionIn(sentence: string): Reference | undefined {
  const names = [...sentence.matchAll(NAME)]
    .map(([name]) =>
      name
        .split(/\s+/)
        .filter((word, index) => !(index === 0 && NO_NAME.test(word)))
        .join(' ')
        .replace(/['’]s$/u, ''),
    )
    .filter((name) => name !== '' && !NO_NAME.test(name));
  const different = [...new Set(names)];
  return different.length === 1 ? { kind: 'name', text: different[0] } : undefined;
}
