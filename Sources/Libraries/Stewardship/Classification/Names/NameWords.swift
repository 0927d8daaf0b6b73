/// Words that names of people are made of, and words that they are not: what the model of names
/// learns the look of both from. They need not be complete, for no name is looked up alone.
enum NameWords {
  /// Given names that many people bear, in a dozen languages.
  static let given = words(
    """
    james john robert michael william david richard joseph thomas charles christopher daniel \
    matthew anthony mark donald steven paul andrew joshua kenneth kevin brian george timothy \
    ronald edward jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin \
    scott brandon benjamin samuel gregory alexander patrick frank raymond jack dennis jerry \
    tyler aaron jose adam nathan henry douglas zachary peter kyle noah ethan jeremy walter \
    christian keith roger terry austin sean gerald carl harold dylan arthur lawrence jordan \
    jesse bryan billy bruce gabriel joe logan alan juan albert willie elijah wayne randy vincent \
    mason roy ralph bobby russell bradley philip eugene mary patricia jennifer linda elizabeth \
    barbara susan jessica sarah karen lisa nancy betty sandra margaret ashley kimberly emily \
    donna michelle carol amanda melissa deborah stephanie rebecca sharon laura cynthia dorothy \
    amy kathleen angela shirley emma brenda pamela nicole anna samantha katherine christine \
    helen debra rachel carolyn janet maria catherine heather diane olivia julie joyce victoria \
    ruth virginia lauren kelly christina joan evelyn judith andrea hannah megan cheryl \
    jacqueline martha madison teresa gloria sara janice ann kathryn abigail sophia frances jean \
    alice judy isabella julia grace amber denise danielle marilyn beverly charlotte natalie \
    theresa diana brittany doris kayla lori tracy stacey leanne gemma hayley lynn dawn oliver \
    harry jake connor callum liam mohammed graham nigel trevor geoffrey derek clive leslie \
    marion hilary abdul georgina josh ricky lewis hans peter wolfgang klaus jürgen michael \
    dieter manfred uwe thomas günter andreas werner horst frank bernd helmut stefan rolf walter \
    karl heinz gerhard heinrich martin matthias jörg jens lars sven ralf kai torsten holger \
    markus christoph tobias florian sebastian jan tim lukas felix moritz jonas ursula monika \
    petra elisabeth sabine renate helga karin brigitte ingrid erika andrea gisela claudia \
    susanne gabriele christa christine hildegard angelika barbara heike birgit katrin silke anja \
    stefanie ute kerstin anke annette birte lena leonie lea johanna franziska katharina theresa \
    hannelore gertrud jean pierre michel philippe alain nicolas christophe patrick christian \
    daniel bernard eric frédéric laurent stéphane pascal david gérard julien olivier jacques \
    thierry andré claude sébastien françois vincent guillaume rené marcel georges henri louis \
    roger antoine mathieu romain maxime hugues étienne marie nathalie isabelle sylvie catherine \
    françoise martine christine monique valérie sandrine véronique sophie céline chantal \
    patricia anne brigitte julie stéphanie aurélie laurence annie dominique émilie caroline \
    camille hélène élodie corinne jeanne margaux lucie chloé manon inès zoé antonio josé manuel \
    francisco juan david javier daniel jesús carlos alejandro miguel rafael pedro ángel pablo \
    sergio fernando jorge luis alberto álvaro diego adrián raúl enrique ramón vicente andrés \
    joaquín eduardo iván rubén óscar santiago ignacio gonzalo emilio julián salvador tomás \
    nicolás maría carmen ana isabel dolores pilar josefa teresa rosa cristina ángeles laura \
    antonia elena francisca mercedes luisa lucía concepción paula raquel rosario beatriz \
    patricia silvia sara juana rocío manuela eva encarnación montserrat irene alba nuria marta \
    julia inmaculada esperanza jimena giuseppe giovanni antonio mario luigi francesco angelo \
    vincenzo pietro salvatore carlo franco domenico bruno paolo michele giorgio aldo sergio \
    luciano marco andrea alessandro stefano roberto lorenzo matteo davide simone federico \
    riccardo claudio massimo fabio enrico gabriele emanuele nicola anna giuseppina rosa angela \
    giovanna teresa lucia carmela caterina francesca antonietta carla elena rita margherita \
    franca paola giulia chiara alessandra valentina silvia martina elisa federica giorgia ilaria \
    simona daniela patrizia laura sofia aurora ginevra beatrice alice emma jan johannes cornelis \
    hendrik willem pieter gerrit jacobus petrus dirk kees piet henk wim bas daan sem bram thijs \
    lars ruben jesse luuk finn joost maarten jeroen sander anna johanna cornelia elisabeth \
    wilhelmina hendrika adriana margaretha petronella anouk femke sanne lotte fleur eva julia \
    lieke roos maud noor esmée iris isa piotr krzysztof andrzej tomasz paweł jan michał marcin \
    stanisław jakub adam marek łukasz grzegorz mateusz wojciech mariusz dariusz zbigniew jerzy \
    maciej rafał robert kamil jacek tadeusz ryszard szymon kacper anna maria katarzyna \
    małgorzata agnieszka barbara ewa krystyna elżbieta magdalena joanna aleksandra zofia monika \
    teresa danuta natalia karolina marta beata dorota jadwiga alicja lars anders johan erik per \
    karl nils lennart emil bengt bo gunnar sven mikael fredrik daniel jan hans stefan björn \
    göran åke oskar gustav olof magnus håkan rolf ulf mats patrik anna maria margareta elisabeth \
    eva kristina birgitta karin marie ingrid linnéa kerstin sofia lena helena marianne emma \
    annika ulla gunilla inger susanne elin malin åsa ingela ebba astrid joão antónio francisco \
    paulo pedro luís carlos tiago rui nuno miguel gustavo rodrigo felipe bruno thiago matheus \
    guilherme leonardo marcelo fabrício ana fernanda juliana mariana camila aline letícia \
    larissa bruna amanda gabriela vitória isadora beatriz renata mikkel søren jens niels henrik \
    ole kari inger liv bjørn juha matti mika pekka timo kari anne tuula päivi zoltán lászló \
    istván józsef éva katalin ivan dmitri sergei olga natalia elena tatiana mehmet mustafa ahmet \
    ali hüseyin fatma ayşe emine hatice zeynep yusuf omar hassan fatima aisha
    """)

  /// Family names that many people bear.
  static let family = words(
    """
    smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez \
    gonzalez wilson anderson thomas taylor moore jackson martin lee perez thompson white harris \
    sanchez clark ramirez lewis robinson walker young allen king wright scott torres nguyen hill \
    flores green adams nelson baker hall rivera campbell mitchell carter roberts gomez phillips \
    evans turner diaz parker cruz edwards collins reyes stewart morris morales murphy cook \
    rogers gutierrez ortiz morgan cooper peterson bailey reed kelly howard ramos kim cox ward \
    richardson watson brooks chavez wood james bennett gray mendoza ruiz hughes price alvarez \
    castillo sanders patel myers long ross foster jimenez powell jenkins perry russell sullivan \
    bell coleman butler henderson barnes gonzales fisher vasquez simmons graham wallace hamilton \
    reynolds davies robertson thomson macdonald shaw hunt kennedy ellis palmer mason webb \
    simpson chapman griffiths harvey hudson marsh lowe barrett holmes burns müller schmidt \
    schneider fischer weber meyer wagner becker schulz hoffmann schäfer koch bauer richter klein \
    wolf schröder neumann schwarz zimmermann braun krüger hofmann hartmann lange schmitt werner \
    schmitz krause meier lehmann schmid schulze maier köhler herrmann könig walter mayer huber \
    kaiser fuchs peters lang scholz möller weiß jung hahn schubert vogel friedrich keller \
    günther frank berger winkler roth beck lorenz baumann franke albrecht schuster simon ludwig \
    böhm winter kraus martin schumacher krämer vogt stein jäger otto sommer groß seidel heinrich \
    brandt haas schreiber graf dietrich bernard dubois thomas robert richard petit durand leroy \
    moreau simon laurent lefebvre michel garcia david bertrand roux vincent fournier morel \
    girard andré lefèvre mercier dupont lambert bonnet françois martinez legrand garnier faure \
    rousseau blanc guérin muller henry roussel nicolas perrin morin mathieu clément gauthier \
    dumont lopez fontaine chevalier robin masson sanchez gérard boucher denis aubert renard \
    gaillard lacroix leclercq poirier leblanc giraud benoît lemaire gonzález rodríguez fernández \
    lópez martínez sánchez pérez gómez jiménez ruiz hernández díaz moreno álvarez muñoz romero \
    alonso gutiérrez navarro torres domínguez vázquez ramos gil ramírez serrano blanco molina \
    morales suárez ortega delgado castro ortiz rubio marín sanz núñez iglesias medina garrido \
    cortés castillo santos lozano guerrero cano prieto méndez calvo gallego vidal cruz herrera \
    rossi russo ferrari esposito bianchi romano colombo ricci marino greco bruno gallo conti \
    luca mancini costa giordano rizzo lombardi moretti barbieri fontana santoro mariani rinaldi \
    caruso ferrara galli martini leone longo gentile martinelli vitale lombardo serra coppola \
    deangelis marchetti parisi villa conte ferraro ferri fabbri bianco marini grasso valentini \
    messina sala gatti pellegrini jansen vries berg bakker dijk visser smit meijer boer mulder \
    groot bos vos peters hendriks leeuwen dekker brouwer wit dijkstra smits graaf meer linden \
    kok jacobs haan vermeulen heuvel veen broek schouten beek willems vliet hoekstra maas \
    verhoeven koster dam wal prins blom huisman nowak kowalski wiśniewski wójcik kowalczyk \
    kamiński lewandowski zieliński szymański woźniak dąbrowski kozłowski jankowski mazur \
    kwiatkowski wojciechowski krawczyk kaczmarek piotrowski grabowski zając pawłowski michalski \
    król wieczorek jabłoński wróbel nowakowski majewski olszewski stępień malinowski jaworski \
    adamczyk dudek nowicki pawlak górski witkowski walczak sikora rutkowski baran andersson \
    johansson karlsson nilsson eriksson larsson olsson persson svensson gustafsson pettersson \
    jonsson jansson hansson bengtsson jönsson lindberg jakobsson magnusson lindström olofsson \
    lindqvist lindgren berglund axelsson lundberg fredriksson bergström lundgren lundqvist \
    mattsson sandberg berg henriksson forsberg sjöberg wallin engström danielsson eklund \
    håkansson lundin silva santos oliveira souza pereira ferreira almeida costa rodrigues gomes \
    ribeiro martins carvalho araújo melo barbosa cardoso rocha dias nascimento moreira nunes \
    teixeira correia cavalcanti nielsen jensen hansen pedersen andersen christensen larsen \
    sørensen rasmussen jørgensen korhonen virtanen mäkinen nieminen hämäläinen nagy kovács tóth \
    szabó horváth ivanov petrov smirnov yılmaz kaya demir şahin çelik o'connor o'brien mcdonald \
    fitzgerald
    """)

  /// Words of goods, places, trades and days: capitalised as names are, and none.
  static let others = words(
    """
    red blue green yellow black white orange purple brown grey silver gold turquoise beige \
    crimson navy olive magenta cyan violet indigo khaki maroon lavender azure ivory teal coral \
    salmon wooden metal plastic cotton rubber steel concrete granite leather silk linen wool \
    glass paper bronze aluminum chair table lamp shirt shoes jacket trousers gloves hat keyboard \
    mouse monitor laptop phone charger cable bottle mug plate fork spoon knife bowl towel soap \
    shampoo brush comb pillow blanket curtain coffee tea milk bread cheese butter yoghurt apple \
    banana orange juice water beer wine chocolate biscuit cereal pasta rice chicken beef pork \
    salmon tuna salad tomato potato onion garlic pepper salt sugar flour honey organic fresh \
    frozen classic premium deluxe basic standard large small medium mini extra super ultra smart \
    digital wireless portable ergonomic practical refined gorgeous handcrafted electronics \
    garden kitchen bathroom furniture clothing beauty health sports outdoor toys books games \
    music movies grocery bakery dairy produce household automotive hardware software stationery \
    jewelry accessories footwear beverages snacks pets baby office supplies department category \
    brand model pending shipped delivered cancelled returned placed paid completed active \
    inactive open closed draft approved rejected online store mobile cash card voucher transfer \
    invoice refund sale discount monday tuesday wednesday thursday friday saturday sunday \
    january february march april june july august september october november december spring \
    summer autumn winter engineer manager director analyst developer accountant teacher nurse \
    doctor lawyer consultant designer architect technician officer assistant administrator \
    supervisor coordinator specialist scientist researcher chemist surveyor therapist librarian \
    journalist editor producer photographer germany france spain italy netherlands poland sweden \
    portugal austria belgium denmark norway finland albania algeria andorra angola argentina \
    armenia australia bahamas bahrain bangladesh barbados belarus belize benin bhutan bolivia \
    botswana bulgaria burundi cambodia cameroon chad chile colombia comoros croatia cuba cyprus \
    ecuador egypt eritrea estonia ethiopia gabon gambia ghana guatemala guinea haiti honduras \
    iceland indonesia iran iraq israel jamaica kenya kuwait laos latvia lebanon lesotho liberia \
    libya lithuania luxembourg madagascar malawi malaysia maldives mali malta mauritius moldova \
    monaco mongolia montenegro morocco mozambique namibia nepal nicaragua niger nigeria pakistan \
    palau panama paraguay peru philippines qatar romania rwanda senegal serbia singapore \
    slovakia slovenia somalia sudan syria taiwan tanzania thailand togo tonga tunisia turkey \
    uganda ukraine uruguay vanuatu vietnam yemen zambia zimbabwe deutschland frankreich spanien \
    italien niederlande polen schweden österreich belgien dänemark norwegen finnland schweiz \
    griechenland ungarn tschechien türkei russland kanada mexiko brasilien kolumbien ägypten \
    marokko südafrika indien indonesien kambodscha mongolei usbekistan kasachstan neuseeland \
    inseln guinea allemagne espagne italie suède norvège danemark finlande autriche grèce \
    hongrie turquie égypte maroc tunisie algérie inde chine japon brésil alemania francia suecia \
    noruega dinamarca grecia turquía rusia marruecos japón brasil germania svezia norvegia \
    svizzera ungheria polonia turchia egitto marocco giappone brasile islanda lettonia estonia \
    frankrijk duitsland spanje italië zweden noorwegen denemarken zwitserland letland estland \
    litouwen griekenland turkije marokko japan brazilië eilanden niemcy francja hiszpania włochy \
    szwecja norwegia dania szwajcaria grecja węgry turcja egipt maroko japonia brazylia tyskland \
    frankrike spanien italien norge danmark schweiz grekland ungern turkiet egypten etiopien \
    öarna ireland switzerland greece hungary england scotland america canada mexico brazil japan \
    china india london paris berlin madrid rome amsterdam warsaw stockholm lisbon vienna \
    brussels copenhagen oslo helsinki dublin zurich athens budapest munich hamburg cologne \
    frankfurt stuttgart dresden leipzig lyon marseille toulouse bordeaux lille nantes strasbourg \
    barcelona valencia sevilla bilbao malaga milano napoli torino palermo bologna firenze \
    venezia rotterdam utrecht eindhoven krakow gdansk poznan gothenburg uppsala chicago houston \
    phoenix dallas seattle boston denver detroit portland memphis manchester liverpool \
    birmingham leeds sheffield bristol glasgow edinburgh cardiff belfast nottingham north south \
    east west new port lake mount saint upper lower district region county central downtown \
    solution system network platform service support security account project process product \
    program customer order payment delivery warehouse inventory shipping tracking report summary \
    quality bread brot käse milch wurst kaffee wasser saft schuhe hemd hose jacke stuhl tisch \
    lampe farbe größe rouge bleu vert jaune noir blanc chaise lampe chemise fromage lait pain \
    vin eau rojo azul verde negro blanco silla mesa camisa queso leche pan vino agua rosso verde \
    giallo nero sedia tavolo camicia formaggio latte pane acqua rood blauw groen zwart stoel \
    tafel kaas melk brood czerwony zielony czarny krzesło stół ser mleko chleb röd grön svart \
    stol bord ost mjölk bröd
    """)

  private static func words(_ text: String) -> [String] {
    text.split(whereSeparator: \.isWhitespace).map(String.init)
  }
}
