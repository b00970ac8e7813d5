import { foldText } from '../../../shared/text.js';

const KNOWN =
  /^(?:the |our |a |an )?(?:web ?site|web|web ?form|contact form|landing page|online|internet|referrals?|recommendations?|word of mouth|events?|trade (?:fair|show)s?|fairs?|conferences?|exhibitions?|meetups?|webinars?|workshops?|cold (?:call|calls|calling|email|emails|outreach)|outreach|inbound|outbound|calls?|phone calls?|e-?mail campaigns?|newsletters?|mailings?|campaigns?|ads?|adverts?|advertising|advertisements?|google(?: ads)?|bing|facebook(?: ads)?|instagram|linked ?in|twitter|x|tiktok|youtube|xing|social(?: media)?|seo|sem|ppc|organic(?: search)?|search|blog|podcast|press|partners?|partner program(?:me)?|resellers?|affiliates?|walk-?ins?|import|imports|csv|api|marketplace|chat|live chat|direct|direct mail|friends?|existing customers?|other)$/;

/** True for a usual word of where leads come from ("website", "trade fair"), as against the name of a company. */
export function isSourceWord(text: string): boolean {
  return KNOWN.test(foldText(text));
}
