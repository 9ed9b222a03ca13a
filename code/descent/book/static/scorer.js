// The search shows chapters before entries of the reference, all of whose names begin with "descent".
var Scorer = { objNameMatch: 1, objPartialMatch: 0, objPrio: {}, objPrioDefault: 0, title: 15, partialTitle: 7, term: 5, partialTerm: 2 };
