//! Words of a general kind by which names are told from other capitalised words. None of them is a
//! name of a person. All in small letters, each list separated by blanks; several languages in one list,
//! because a text does not say which it is in.

use std::collections::HashSet;
use std::sync::LazyLock;

/// A list of words that can be asked for one.
pub(super) struct Words(LazyLock<HashSet<&'static str>>);

impl Words {
    pub const fn of(list: fn() -> HashSet<&'static str>) -> Words {
        Words(LazyLock::new(list))
    }

    /// Whether the word, in small letters, is in the list.
    pub fn has(&self, small: &str) -> bool {
        self.0.contains(small)
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $text:literal) => {
        $(#[$doc])*
        pub(super) static $name: $crate::screen::words::Words =
            $crate::screen::words::Words::of(|| $text.split_whitespace().collect());
    };
}
pub(super) use words;

words!(
    /// Titles, ranks and forms of address: a capitalised word behind one is a name.
    TITLES,
    "mr mrs ms miss mx dr prof professor sir dame lord lady madam madame mme mlle monsieur messrs
    col colonel gen general lt lieutenant cpt capt captain maj major sgt sergeant cpl corporal pvt
    private admiral commodore commander brig brigadier marshal constable pc dc ds di inspector
    superintendent supt dsp asp det detective officer sheriff deputy chief sheikh sheik shaykh imam mullah
    maulana mufti ayatollah sayyid syed hajji haji alhaji alhaja mallam malam rev reverend fr father
    pastor bishop archbishop cardinal rabbi sister brother pope prince princess king queen emir sultan
    president premier minister senator governor mayor mp mla mep judge justice magistrate ambassador
    coordinator administrator chairperson dean curator founder owner editor ceo resident firefighter trooper
    prosecutor attorney manager spokesman spokeswoman coroner trooper commissioner coach principal sen rep
    gov chancellor congressman congresswoman alderman councilman councilwoman supervisor warden
    nurse engineer barrister advocate secretary councillor chairman chairwoman director
    herr frau hr fr dott signor signora sig sig.ra señor señora sr sra srta don doña dona dom
    coronel capitán comandante sargento teniente alcalde alcaldesa padre fray
    commandant capitaine colonel lieutenant adjudant maître docteur senhor senhora seu
    pan pani panu bay bey hanım bapak bpk ibu pak bu saudara tuan puan encik datuk kyai ustad ustadz
    bwana bw bi bibi mzee ndugu mama ông bà anh chị ong ba si ni kuya aling mang u daw saw ko ma naw
    khun nai g-n г-н г-жа господин госпожа пан пані г-ном тов товарищ майор майора полковник полковника
    подполковник капитан капитана лейтенант сержант генерал генерала судья доктор профессор отец
    κ κα κος κύριος κυρία αστυνόμος αστυνομικός δρ ταγματάρχης"
);

words!(
    /// Words behind which a name is given: "identified as …", "a man named …".
    NAMED,
    "named identified called alias aka nicknamed dubbed nombre identificado identificada llamado llamada
    nommé nommée dénommé dénommée identifié identifiée chamado chamada namens bernama aitwaye anayeitwa
    jina adlı isimli imieniem numit denumit i.e. nome chiamato imenom имени назвали назван названа кличке
    имя name names surname forename victim suspect complainant accused deceased detainee informant witness
    v1 v2 v3 w1 w2 w3 s1 s2 kin vittima vítima víctima victime opfer korban ofiara žrtva viktima biktima
    marehemu fallecido fallecida falecido tatverdächtige tatverdächtiger verdächtige"
);

words!(
    /// Relatives and occupations: a capitalised word behind one is likely a name.
    ROLES,
    "brother brothers sister sisters wife husband son sons daughter daughters mother father uncle aunt
    cousin cousins nephew niece grandfather grandmother widow widower partner ex-partner fiancé fiancée
    girlfriend boyfriend friend neighbour neighbor teacher driver farmer nurse doctor lawyer journalist
    reporter photographer activist activists student spokesman spokeswoman spokesperson leader commander
    gunman gunmen attacker attackers bomber shooter assailant killer victim victims suspect suspects witness
    witnesses survivor survivors resident residents prisoner hostage hostages official politician candidate
    lawmaker mayor priest pilot soldier officer officers guard shopkeeper trader fisherman herder shepherd
    worker miner musician singer artist author blogger businessman businesswoman banker accountant
    subject accused defendant detainee deceased informant complainant relatives body funeral prosecutor
    prosecutors politician mp chef cook baker tailor mechanic engineer trader
    agricultor campesino periodista activista profesor maestro alcalde chofer conductor esposa esposo hijo hija
    hermano hermana padre madre cuñado tío journaliste maire chauffeur épouse époux fils fille frère sœur
    carabiniere agente poliziotto sindaco marito moglie gjyqtari polici sürücü öğretmen muhtar
    житель жительница водитель учитель учительница врач журналист журналистка фермер подозреваемый
    подозреваемая погибший погибшая задержанный брат сестра жена муж сын дочь отец мать задържаният убит"
);

words!(
    /// Verbs that people alone are the subject of, as they stand behind a name.
    DEEDS,
    "said says told tells added recalled recalls described confirmed denied claimed explained insisted warned
    recounted testified replied shouted lost jumped drowned died survived escaped fled treated gave saw
    heard reported stated led ran lived worked left returned appeared pleaded confessed surrendered
    dijo declaró afirmó denunció murió falleció disse afirmou morreu déclaré affirmé raconté sagte erklärte
    alisema alikuwa alifariki powiedział powiedziała zginął zginęła сообщил сообщила сказал сказала заявил
    заявила рассказал рассказала погиб погибла підтвердив заявив загинула загинув"
);

words!(
    /// What is done to people, behind "was" or "were".
    SUFFERED,
    "killed shot stabbed murdered arrested detained abducted kidnapped beaten wounded injured hurt hacked
    buried hospitalised hospitalized charged sentenced convicted found last pulled attacked pushed crushed
    beheaded executed tortured raped robbed rescued released freed named taken seen disarmed off cautioned
    trapped admitted pronounced struck hit burned burnt run identified questioned bailed moved"
);

words!(
    /// Verbs of which a person is the object: "killed …", "arrested …".
    DONE_TO,
    "killed shot stabbed murdered arrested detained abducted kidnapped beat beheaded hacked executed freed
    implicated accused charged married sued questioned find advised helped evacuated treated identify identified
    rescued wounded injured struck robbed raped tortured interviewed cautioned by including against are were"
);

words!(
    /// Small verbs behind the subject of a sentence.
    AUXILIARIES,
    "was were is are has had have will would could should did does can may might must who whose"
);

words!(
    /// Verbs of the past that do not end in -ed, and a few of the present, behind a single name.
    VERBS,
    "made took went got came sent met shot hit held grew wrote spoke began kept knew thought felt brought bought
    sat stood paid built set put let won drove fell hid rose chose drew threw broke struck caught taught sought
    fought understood became faces makes takes goes says sees wants needs thinks knows plans hopes lives works
    agrees argues notes plays runs"
);

words!(
    /// Words in capitals that open a sentence behind a headline and are no end of a name.
    OPENERS,
    "the a an in on at of to by for from with and or but as if when two three four five six seven eight nine ten
    he she it they we you his her their this that these those there here police officials witnesses"
);

words!(
    /// Words behind which one capitalised word is likelier a person than a place.
    BEFORE_ONE,
    "by with for against about like than say says said told tell tells saw met asked believe that and when as
    if because while but how whether after before what"
);

words!(
    /// Relatives: a word right before one is whose they are.
    KIN,
    "administration campaign trial case murder estate lawyer lawyers brother sister wife husband son daughter mother father uncle aunt cousin nephew niece girlfriend boyfriend
    fiancé fiancée widow widower family parents grandmother grandfather"
);

words!(
    /// Small words inside a name.
    PARTICLES,
    "de da do dos das del della delle di du des la le los las van von der den zu zum zur ter ten af av bin
    ibn ben bint binti binte al el ul ur as ash ad ould abu umm mac y e san"
);

words!(
    /// Words that begin sentences, in capitals for that reason only.
    COMMON,
    "the a an in on at of to by for from with and or but as if when while after before during since until
    eleven twelve thirteen fourteen fifteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand
    two three four five six seven eight nine ten eleven twelve dozens hundreds thousands several many some
    all no not one both each between among according he she it they we i you his her its their our my this
    that these those there here who what where which police officials witnesses residents authorities
    rescuers gunmen militants rebels soldiers troops protesters demonstrators survivors relatives neighbours
    neighbors officers prosecutors investigators firefighters doctors villagers insurgents fighters suspected
    unidentified unknown armed heavy local security military former early later last next also however
    meanwhile killed wounded injured arrested shots shooting explosion explosions bomb fire fires flooding
    floods attack attacks clashes violence power water trains train bus ferry traffic wildfires hurricane
    earthquake landslide storm update breaking reference incident interview call caller contact send write
    see follow suspect suspects victim victims witness male female man woman men women boy girl child
    children deceased complainant informant arrested stolen seen profile mobile phone tip-offs e-mail email
    whatsapp telegram vehicle lorry motorcycle car truck van passport driver id ip imei ied eod driving
    next-of-kin kin reporting subject accused coalition anyone someone everyone nobody everything nothing most
    more less fewer other others another such more than about around nearly almost only just still even when
    whenever although though because despite without within through under over against like unlike so then
    now today yesterday tomorrow tonight once twice first second third last next again often sometimes
    perhaps maybe please yes no thank thanks dear sorry well good bad new old young big small high low long
    short great little much every any either neither none nor yet ever never always however therefore thus
    instead otherwise besides moreover furthermore nevertheless finally initially recently currently
    previously eventually apparently allegedly reportedly photo photos video image images source sources copy
    buy read share watch listen click sign sections home news sports opinion weather business world
    how why whom whose what's it's that's there's let make made take took get got go went come came give gave
    keep kept put set run ran say said says told tell show showed know knew think thought believe call
    called ask asked work worked use used need needed want wanted try tried look looked help helped start
    started begin began end ended turn turned open opened close closed hold held bring brought happen
    happened include included including according based due given
    people person persons family families parents student students teacher teachers school schools house
    homes city town village street road country government state states party president minister mayor
    governor senator judge court jury lawyer lawyers attorney attorneys prosecutor detective detectives
    investigator deputy deputies sheriff captain sergeant lieutenant firefighter crews crew staff members
    member group groups team teams company companies bank banks hospital hospitals patients patient doctor
    nurses nurse health disease outbreak virus vaccine cases case death deaths dead body bodies injury injuries
    wounded gun guns shooter shooters suspect's police's bullet bullets weapon weapons knife charges charge
    trial hearing funeral services service church road roads bridge bridges plane flight flights aircraft ship
    boat drivers driver passengers passenger pilot pilots farmer farmers workers worker prices price money
    data report reports study studies research researchers scientists experts expert analysts analyst critics
    supporters opponents voters election elections results result plans plan project projects work water food
    air land fire rain snow heat wind winds wave waves storms tornado typhoon cyclone bird birds animal animals
    dog dogs cat cats horse horses cattle sheep pig pigs poultry fish bees christian muslim jewish hindu buddhist
    le la les un une des en au aux dans selon trois deux treize el los las una uno por según o os as um uma
    segundo pelo na no não der die das ein eine bei nach laut im am il lo gli uno nel pe lângă na w we po
    przy i z nad et que qui est sont ang mga sa mlipuko gempa korban nạn tại ở yang di ke dari na ni ya wa
    в на по из при у об это во внаслідок за після убит взрыв она он они тел
    η ο το οι τα ένας μια στην στο σεισμός"
);

words!(
    /// What makes a run of capitalised words an organisation, an operation or a work.
    ORGANISATIONS,
    "ministry department office bureau agency authority authorities police army navy force forces guard
    guards gendarmerie brigade battalion regiment division corps command commando unit squad legion militia
    infantry artillery air front party union united nations national people's council committee commission
    court tribunal parliament congress senate assembly government federation confederation league
    association organisation organization movement liberation resistance alliance coalition network cartel
    gang brotherhood jihad islamic state university college school academy institute hospital clinic
    centre center laboratory bank company corporation corp co ltd limited inc llc plc gmbh group holdings
    industries logistics airlines airways railway railways rail lines express post times herald tribune
    news press agency radio television tv gazette journal watch cross crescent red programme program fund
    foundation trust society service services mission operation initiative project treaty act law day
    festival cup club fc police's defence defense interior foreign affairs health justice rights human
    sans frontières médecins ngo un eu nato african european lord's defence workers worker's labour
    democratic republican communist socialist revolutionary patriotic free taliban shabaab boko haram qaeda
    isis hamas hezbollah queen's ss mv hms uss ejército nacional policía polícia fuerza fuerzas ministerio
    ministère ministerium gobierno guardia civil federal rodoviária partido frente cámara corte fiscalía
    procuraduría armée police gendarmes croix-rouge bundeswehr polizei feuerwehr partei carabinieri esercito
    министерство министерства оборона обороны служба управление комитет партия армия фронт полиция мчс
    airport insurance hotel agence centers centres disease control prevention care public medical medicine
    research management international world global board association union's veterans education science
    sciences protection security environmental agriculture agricultural transport transportation highways
    safety emergency patrol rescue response relief aid welfare housing finance treasury commerce labor
    agreement convention summit conference olympics series league's team academy
    photo video logo copyright associated reuters bbc cnn fbi cia nypd lapd online website facebook twitter
    google youtube instagram whatsapp telegram tiktok internet web"
);

words!(
    /// What makes a run of capitalised words a place.
    PLACES,
    "street road avenue lane drive boulevard highway motorway way square plaza place bridge tunnel river
    lake creek canal sea ocean strait bay gulf cape port harbour harbor beach coast island islands isle reef
    mount mountain mountains mt hill hills valley plain desert forest jungle dam airport station terminal
    park garden gardens market bazaar mall shop hotel inn bar café restaurant stadium arena theatre theater
    cinema museum church cathedral mosque temple monastery shrine cemetery tower building house prison jail
    barracks base camp fort castle palace border crossing gate gare checkpoint zone area quarter neighbourhood
    neighborhood district region province county state city town village municipality municipality's
    governorate oblast canton parish suburb estate farm north south east west northern southern eastern
    western northeast northwest southeast southwest central upper lower greater great grand new saint st
    santa santo san são sainte novo nova bad nowy stara deir tell tel bir umm ras wadi jabal jebel abu-dhabi
    kingdom republic emirates territory capital downtown primary secondary high middle school platform
    calle avenida puente plaza río cerro ciudad rua ponte praia rio avenue rue pont quartier place ville
    straße strasse platz brücke bahnhof via piazza ulica plac most jalan jembatan gunung pulau kota desa
    область района район город города станция станции улица площадь проспект
    antarctica africa europe asia america atlantic pacific mediterranean arctic sahel sahara balkans
    region's highlands lowlands peninsula delta basin crescent heights terrace close row court underpass
    bypass roundabout junction interchange substation depot dock pier wharf marina"
);

words!(
    /// Countries, parts of their names, days, months, and the like: capitalised and not people.
    PROPER,
    "afghanistan albania algeria andorra angola argentina armenia australia austria azerbaijan bahamas
    bahrain bangladesh barbados belarus belgium belize benin bhutan bolivia bosnia herzegovina botswana
    brazil brunei bulgaria burkina faso burundi cambodia cameroon canada verde chile china colombia
    comoros congo costa rica croatia cuba cyprus czechia denmark djibouti dominica ecuador egypt salvador
    eritrea estonia eswatini ethiopia fiji finland france gabon gambia germany ghana greece
    grenada guatemala guinea guyana haiti honduras hungary iceland india indonesia iran iraq ireland israel
    italy ivory jamaica japan kazakhstan kenya kiribati korea kosovo kuwait kyrgyzstan laos latvia
    lebanon lesotho liberia libya liechtenstein lithuania luxembourg madagascar malawi malaysia maldives mali
    malta mauritania mauritius mexico micronesia moldova monaco mongolia montenegro morocco mozambique
    myanmar burma namibia nauru nepal netherlands zealand nicaragua niger nigeria macedonia norway oman
    pakistan palau palestine panama papua paraguay peru philippines poland portugal qatar romania russia
    rwanda samoa saudi arabia senegal serbia seychelles sierra leone singapore slovakia slovenia
    somalia spain sri lanka sudan suriname sweden switzerland syria taiwan tajikistan tanzania thailand
    timor-leste togo tonga trinidad tobago tunisia turkey türkiye turkmenistan tuvalu uganda ukraine
    britain england scotland wales uk usa uruguay uzbekistan vanuatu vatican venezuela vietnam yemen
    zambia zimbabwe kurdistan gaza crimea donbas darfur kivu kashmir punjab sindh
    monday tuesday wednesday thursday friday saturday sunday january february july
    september october november december ramadan easter christmas eid bastille independence
    afghan albanian algerian american angolan argentine armenian australian austrian azerbaijani bangladeshi
    belgian bolivian brazilian british bulgarian burmese cambodian cameroonian canadian chadian chilean
    chinese colombian congolese cuban cypriot czech danish dutch ecuadorian egyptian english ethiopian
    finnish french georgian german ghanaian greek haitian honduran hungarian indian indonesian iranian iraqi
    irish israeli italian japanese jordanian kenyan korean kurdish kuwaiti lebanese liberian libyan
    lithuanian malaysian malian mexican moroccan nepalese nigerian nigerien norwegian pakistani palestinian
    peruvian polish portuguese romanian russian rwandan saudi scottish senegalese serbian somali spanish
    sudanese swedish swiss syrian tanzanian thai tunisian turkish ugandan ukrainian vietnamese welsh yemeni
    zambian zimbabwean arab latin christian christians muslim muslims jewish jews hindu hindus sunni shia
    shiite catholic orthodox protestant internet"
);

words!(
    /// Words behind which a capitalised run is a place.
    LOCATIVES,
    "in at near outside inside towards toward across around off through via throughout northwest northeast
    southwest southeast from to between into onto over under beyond within
    en à a dans près em no na bei im nach w we do nad u kod di dekat ke dari katika karibu в во на у из под
    près στην στο στη sa"
);

words!(
    /// Nouns behind which "of" leads to a place: "the town of …".
    PLACE_OF,
    "town city village district province region island port state republic kingdom gulf bay university
    bank governorate municipality ministry suburb outskirts north south east west coast capital area
    border centre center parish county mission hamlet settlement"
);

words!(
    /// Behind an age, in the languages that say it so.
    YEARS,
    "years year yrs yo ans años anos jahre jahren år vuotta lat letni lata rokov godina godine години
    лет год года років роки tahun tuổi yaşında yaşındaki ani anni ετών χρονών taon miaka évek éves"
);
