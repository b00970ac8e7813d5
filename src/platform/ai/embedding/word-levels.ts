// Made by bench/word-weights.mjs; not edited by hand.

/** Stems of English words by how rare they are: entry n holds those met in about one of e^n pieces of text. Names are not in it. */
export const WORD_LEVELS: readonly string[] = [
  `
    and in of the to
  `,
  `
    agreement all an ani ar as at be by for from have is it not on or other parti shall such that thi us which with
  `,
  `
    about agre also becaus between busi but can compani confidenti date disclos disclosur do dure each effect ha if includ inform
    into law like limit mai make more no non oblig onli person prior product provid reason receiv relat repres requir respect
    right section so term termin than thei their then there these time transact under upon we what when will without written you
  `,
  `
    abl abov accord acknowledg act action activ actual addit address affili after against agent allow amount anoth appli applic
    aris assign associ author avail base becom been befor below bodi both breach call case caus chang code commun complet condit
    connect consent constru contain continu contract control copi could court creat custom dai damag data deem defin deliv describ
    design develop differ directli discuss document doe don either employe end enforc enter evalu even event except exclus execut
    express extent fee first follow form forth function further gener give go good govern grant here herebi herein hereund how
    howev ii import initi interest joint kei kind know known later least legal less liabil licens locat made maintain mark materi
    matter mean month most must name necessari need neither new nor notic now number obtain occur offic omit oper order otherwis
    out own pai part payment peopl perform period permit possibl process produc properti protect provis public purchas purpos
    pursuant re record refer regard remain remedi request respons result return review sai sale same secret secur see servic set
    share sign signatur similar sole some specif start state structur subject system take them thereof thing think third those
    three through togeth transfer two type understand unless up ve veri wa wai want well where whether who within work would write
    year your
  `,
  `
    accept access account acid acquir ad adam add advanc advertis advis affect again agenc aggreg along alreadi although am amend
    anyth appropri approv area arrang asset assist assum attach attack audit automat back basi basic begin behalf benefit big bind
    block bound build cannot capit care carri certain certifi channel charg circumst claim claus client close co collect com
    combin come commenc commerci commit common compet complex compli complianc compon comput concern conduct confid confirm
    conflict consequenti consid consider consist constitut consult contempl content contractor contribut convert copyright core
    corpor cost counsel cours coven cover critic current cycl decreas definit delai delawar deliveri demand deriv destroi determin
    devic did direct director discret diseas distribut distributor done down due earlier effort electron els employ energi engag
    ensur entir entiti entitl equal equiti everi exampl excess exchang exercis exhibit exist expens expir explain expressli extend
    extens facsimil fact factor fail failur featur feder file final financi five flow fluid forc forego found four free full fulli
    fund furnish futur given group had hand happen he head held help hereof hereto hi high hold hour http idea identifi iii immedi
    immun implement impli improv inc incident incorpor increas incur independ indirect indirectli individu injuri insid inspect
    insur intellectu intend intent intern interpret invalid involv irrevoc issu itself iv jurisdict keep languag last lead learn
    leav level liabl license line link liquid list ll long loss lot lower mail major manag mani manner manufactur market me measur
    medic meet member might minimum modif modifi monei motion much multipl mutual my natur negoti net network next normal note
    noth notifi notwithstand object off offer onc open option oral organ origin our output outsid over owner ownership paid
    paragraph particip particular partner patent patient per percent place plan point polici portion posit possess post potenti
    power practic prepar present prevent price princip principl probabl problem procedur proceed program prohibit project promot
    promptli proof propos proprietari protein protocol put question rang rate receipt recipi reduc region regist regul
    relationship releas relev relief remov replac report represent research resist rest restrict retain rotat royalti rule run
    said second seek sell seller send sens sent separ serv sever should show side simpl singl site six small softwar solut sort
    sourc special specifi spend statement step still store studi sublicens submit subsequ subsidiari substanti successor suit
    suppli supplier support surfac surround talk technic technolog ten territori test thereaft therefor thirti threshold
    throughout thu titl too total toward trade trademark transport treat treatment try unit until user valid valu van vendor
    verifi vessel via video violat volum waiv waiver wallet warranti water were whatev whatsoev wherea while whole why wit york
  `,
  `
    ab abil absenc absolut accordingli accru accuraci acquisit adapt adequ administr advisor affair ag aid air alter altern alwai
    america amino among analysi announc annual anti antibodi anticip anyon api appear appoint approach approxim arm articl ask
    aspect assess assigne assur attempt attent attornei averag avoid awai awar background backup bad balanc bank bear believ best
    better beyond board bond book bp branch brand breakdown bring broad broadcast brought bug built buyer calcul calendar
    california cancel capac carbon card carrier ceas cellular center central certif challeng check chemic chief choic citi civil
    class clear clinic collabor collater commiss commonli compar compel compens competit competitor compil compress concept confer
    consolid construct consum consumm contact contest context contractu contrari convei conveni convers cool cooper coordin
    correct correspond counterpart counterparti counti countri coverag credit cross da dan deal death decid declar default defect
    defens degre deleg delet demonstr depart depend deposit descript designe desir destruct detail difficult digit discount
    discoveri displai dispos disput divid divis dollar domain download draw drive drop duli duplic durat duti earli easili edit
    effici elect electr element elev email embodi emerg emploi enabl endors engin enhanc enterpris entri environ episod equip
    equit equival error especi essenti establish etc evid evidenc exactli examin exce excit exclud expect experi exploit explor
    export extern extra extract extrem face facil facilit faith fall far fax fiber field fill financ find fine firm fit fix food
    foot format forum forward franchis frequent fulfil ga gain goodwil googl government great greater gross grow guarante half
    hard hardwar harm haven health heard her hereaft hereinaft higher him hire home host human hundr id ident imag impact impair
    impos indemnif indemnifi index indic induc industri infring insert instal instanc instead institut instruct instrument integr
    interact interfac internet introduc introduct inur invent invest investig investor invoic join judgment judici knee knowledg
    labor lack late layer leas left lender length letter licensor life light llc lm local lock log logic longer lose lost machin
    main mainten match matur maximum mechan media medium memori mention merg merger method michael million mind miner minut mobil
    model monetari multipli na narrow nasal nation nda neg neglig never none notif observ occurr old omiss onlin ono opinion
    opportun opposit ordinari org organis outstand ow oxid oxygen packag page paper parent partial particularli partnership pass
    past payabl penalti percentag permiss perpetu personnel phase phone physic plai plu pre preced preclud prejudic premis presenc
    preserv previou previous primari primarili print privaci privat privileg proce procur profession profit progress promis prompt
    proper properli prospect prove publicli publish pump punit qualifi qualiti quantiti quarter radiu rais rather reach read real
    recent recogn recov recoveri reduct reflect refus regardless registr regular regulatori reimburs reject rel reli reliabl
    remaind render renew replic reproduc reproduct reserv resourc respond reveal revenu revers rise risk role rout sa safe safeti
    sampl satisfactori save schedul scheme school scope secondari seen select sensit seri server sharehold she shipment short
    shown signific sinc situat size slightli smart soft sold solicit sometim soon sound space spent stage stand standard statu
    stock stockhold storag street strength strict strictli sub subcontractor substanc success suffici sum summar summari superior
    supersed supplement surviv taken tangibl target techniqu telephon temperatur th theori therebi therein thereto though thousand
    threaten token tool top tort tower train transmiss transmit travel trial trigger true trust turn twelv twenti typic unauthor
    undersign understood undertak unenforc uniqu univers unreason updat upgrad usual util valuabl vari varieti variou ventur venu
    version vice view visit visual vitamin void wait warrant websit week weight whereof whom whose wide wish withheld word world
    worldwid worth wrong www yet yourself zone
  `,
  `
    abid abstract acceler accessori accid accompani accomplish accur achiev acm addendum addition adjust adopt advantag advers
    advic afford al alleg alloc alon american annex anniversari answer anywher appeal april arbitr architectur archiv arizona aros
    arrai arriv assert assignor assumpt attend attende attract attribut auditor august authent autom automobil avenu award ba
    bankruptci batch behavior behind belong benefici beneficiari bid bidder bill bodili bona box broker bu budget bui bundl button
    ca canada capabl cash categori ceo chamber champion charact character characterist children choos ci classifi clean clearli cm
    color comment commerc composit compound comprehens compris compromis concert conclud conclus concurr conform conjunct consecut
    consequ constrict convent converg corp count counter courier creation creditor criteria crown cryptograph cumul currenc
    custodi databas de dead dealer debt decemb decis declin decre deduct defend defici deni deploi dev di diagram dialog die diet
    dietari dilig dilut diminish directori disabl disc discharg disclaim discontinu discov disposit disrupt dissolut dissolv
    distanc distinct distinguish disturb documentari donat doubl doubt dr draft dynam earn earth econom edg educ ef eight elimin
    embed empti en encourag encrypt endeavor english enjoi entireti environment escrow estim ever evolv exact expand expans explan
    explicitli expos exposur fair faster fault favor februari feed fewer fide fiduciari fifteen fifti fight finish float florida
    focu forecast foreign forese formal former formula foundat fraction frequenc fullest furthermor fuse gave gender global goal
    grade graphic guid handl harmless hear heir highest histor histori holder hospit hous identif ie illeg illustr implic imposs
    inabl inact inadequ incom inconsist indemn infer influenc injur inquiri insolv insuffici intang interfer interrupt involuntari
    ip issuanc item januari job john jointli june kept knew knowingli lab label lai landlord laptop latest launch lesser li
    librari licenc lien litig live load logo ma magnet majeur malici manual march margin maryland mass master md mediat merchant
    michigan mile minim minu misappropri miscellan misconduct miss mitig ml mm modern modul moment monitor moreov ms near
    necessarili neglect neutral nevada nf nomin nondisclosur notion novemb nuclear null ny octob offici ongo oppos oracl outlin
    overal overnight overview pack palm paramet passiv pattern pdf perceiv perfect perman persist perspect pertain peter
    photograph pictur placement plant platform pleas plural pocket pool portal postag pr prefer premium prepaid press prevail pro
    prolong promin proport prosecut prototyp provinc purport pursu quarterli race radio rapidli rata rbc rd readili recommend
    reconstruct referenc refractori refund relianc reliev rent repair republ reput resid residu resolut resolv restor retent reus
    revoc road roll room routin salari sat satisfi scaffold scan scientif season self semi sender senior sentenc septemb seriou
    session settl settlement seven sha ship shipper signatori similarli simplifi simultan singapor singular sit sixti sleep smooth
    social solv sooner sought south speak speed spine spot spread st stai stamp statut statutori stop straight strand strategi
    student subcontract sublicense submiss subscrib subscript subsect substant substitut successfulli suffer suggest surgeri
    surgic suspect suspend sustain tag tax team televis templat temporari tend text themselv therefrom thereon thereund therewith
    tight ton tone took traffic transfere transit translat trap truste twice ultim umbrella unabl underli undertaken usag usd
    vapotherm vehicl verif versa vest vi vii virtu viru voluntari vote web whichev wholli wind wireless withdraw withhold wors
    wrap yield
  `,
  `
    abandon absent abus accommod acquiror administ advisori aforesaid africa alcohol algorithm analog analyz angel annum app appar
    appendix art ascertain audio authorship av becam bell beneath beverag billion blank blueprint born brief broader bypass calm
    canadian captur career cbc cd cent chanceri chart china circl circuit circumv cite clearanc club collaps columbia committe
    commonwealth comparison compliant conceiv configur connecticut constraint contravent controversi corner correl corrupt crimin
    customari daili danger deliver denial denot detriment development devis diagnost dig dirt disagr disast disk doctrin door
    drawn dub ear eighteen elaps elig elsewher encod england entic er eras estat et eur exceed excel executor exhaust experienc
    explicit fals famili fashion fifth fiscal fl flat formul forti fraud freeli fuel fusion game gather genom gentlemen green
    ground highli howsoev hydrogen il illinoi improp inappropri incid increment indefinit indentur ingredi inherit innov insofar
    intention interconnect interior intervent intuit invit issuer juli kingdom la laboratori ladi land legisl lieu literatur lo
    ltd man mandatori mask medicin merchandis mere met metal methodolog minnesota mistak misus mode music nc ne nearli
    nevertheless nm north numer offset ontario ourselv overlap par payer pend penetr phoenix physician pi pipelin po pound pp
    predecessor preferenti preliminari preload prescrib prioriti prolifer promissori promulg pulp qualif quot rare ratio readabl
    refrain registri remot repeat rescu retail revis ring river robert saturdai screen search segreg sek servant seventh sheet
    sketch skill sow specul spin staff stall station statist stipul stratifi style subparagraph succe succeed suitabl sundai
    suscept swap sweden tabl tariff task tenth threat toler tour transform unaid undergo underwrit underwritten undo union unknown
    unpaid unusu url usa validli variat vertex viii virginia voic vs washington wave weigh west whenev wherebi wherein wholesal
    wil workflow workmanship worm wrapper zip
  `,
  `
    
  `,
];
