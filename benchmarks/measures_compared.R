# Values of other packages on the vectors of the manual page "measures-compared" and on the small survey of the tests.
# Run: Rscript benchmarks/measures_compared.R OUT_FOLDER [CONVEY]   (needs the packages laeken and survey; CONVEY is the
# folder R/ of convey's source, whose functions are then run on the small survey)
suppressMessages({library(laeken); library(survey)})
out <- commandArgs(trailingOnly = TRUE)[1]; convey <- commandArgs(trailingOnly = TRUE)[2]
x <- list(five = c(1, 2, 3, 4, 10), three = c(10, 20, 30),
          ten = c(541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261))
w <- list(five = rep(1, 5), three = c(2, 3, 5), ten = c(3, 1, 2, 4, 2, 1, 3, 2, 1, 1))
rows <- list()
add <- function(package, call, data, value, how = "run")
  rows[[length(rows) + 1]] <<- data.frame(package = package, call = call, data = data,
                                          value = sprintf("%.15g", value), how = how)
for (d in names(x)) {
  add("laeken", "gini(x, w)$value / 100", d, gini(x[[d]], w[[d]])$value / 100)
  # the formula in convey's R/svygini.R: ranks counted from running weights, less one
  n <- sum(w[[d]]); r <- cumsum(w[[d]])
  add("convey", "svygini", d, sum((2 * r - 1) * x[[d]] * w[[d]]) / (n * sum(x[[d]] * w[[d]])) - 1, "formula")
}
n <- 1000; r <- cumsum(w$three * 100)
add("convey", "svygini, weights x 100", "three", sum((2 * r - 1) * x$three * w$three) / (n * sum(x$three * w$three)) - 1,
    "formula")
add("laeken", "gini(x, 100 * w)$value / 100", "three", gini(x$three, 100 * w$three)$value / 100)
add("laeken", "qsr(x, w)$value", "ten", qsr(x$ten, w$ten)$value)
add("laeken", "qsr(x)$value", "ten", qsr(x$ten)$value)
add("laeken", "arpr(x, w)$value / 100", "ten", arpr(x$ten, w$ten)$value / 100)
add("laeken", "arpt(x, w)", "ten", arpt(x$ten, w$ten))
for (p in c(0.1, 0.25, 0.5, 0.9))
  add("laeken", sprintf("weightedQuantile(x, w, %g)", p), "ten", weightedQuantile(x$ten, w$ten, p))
des <- svydesign(ids = ~1, weights = ~w, data = data.frame(x = x$ten, w = w$ten))
for (rule in c("hf1", "hf2", "hf7", "shahvaish"))
  add("survey", sprintf("svyquantile(~x, des, 0.25, qrule = \"%s\")", rule), "ten",
      coef(suppressWarnings(svyquantile(~x, des, 0.25, qrule = rule, ci = FALSE))))
add("R", "quantile(x, 0.25) (type 7)", "ten", quantile(x$ten, 0.25))
table <- do.call(rbind, rows)
table$version <- sapply(table$package, function(p)
  if (p == "R") as.character(getRversion()) else if (p == "convey") "005d43d" else as.character(packageVersion(p)))
write.csv(table, file.path(out, "packages_r.csv"), row.names = FALSE)

f <- read.csv("tests/measures/data/village_sample.csv")
rows <- list()
put <- function(key, estimate, se, lower = NA, upper = NA)
  rows[[length(rows) + 1]] <<- data.frame(key = key, estimate = sprintf("%.15g", estimate), se = sprintf("%.15g", se),
                                          lower = sprintf("%.15g", lower), upper = sprintf("%.15g", upper))
des <- svydesign(ids = ~village, strata = ~stratum, weights = ~weight, data = f)
m <- svymean(~income, des, deff = "replace"); ci <- confint(m, df = degf(des))
put("mean", coef(m), SE(m), ci[1], ci[2]); put("mean deff", deff(m), NA); put("degrees of freedom", degf(des), NA)
fpc <- svydesign(ids = ~village, strata = ~stratum, weights = ~weight, fpc = ~population, data = f)
m <- svymean(~income, fpc); put("mean, finite population", coef(m), SE(m))
by <- svyby(~income, ~year, des, svymean, covmat = TRUE)
for (i in 1:2) put(paste("mean,", by$year[i]), coef(by)[i], SE(by)[i])
cn <- svycontrast(by, list(d = c(-1, 1))); put("mean, 2024 less 2023", coef(cn), SE(cn))
by <- svyby(~income, ~residence, des, svymean, covmat = TRUE); names <- by$residence
cn <- svycontrast(by, quote(urban / rural)); put("mean, urban over rural", coef(cn), SE(cn))
cn <- svycontrast(by, list(d = c(-1, 1))); put("mean, urban less rural", coef(cn), SE(cn))
h <- svymean(~I(as.numeric(income < 30000)), des); put("headcount 30000", coef(h), SE(h))
ci <- confint(svyciprop(~I(income < 30000), des, method = "logit")); put("headcount 30000, logit", coef(h), SE(h), ci[1], ci[2])
for (q in c(0.5, 0.25)) {  # limits around q itself (Lohr 2010, 9.5.2); svyquantile puts them around the share at the estimate
  at <- survey:::qrule_hf2(f$income, f$weight, q)
  reach <- qt(0.975, degf(des)) * as.numeric(SE(svymean(~I(as.numeric(income <= at)), des)))
  put(paste("quantile", q), at, NA, survey:::qrule_hf2(f$income, f$weight, q - reach),
      survey:::qrule_hf2(f$income, f$weight, q + reach))
}
for (t in c("JKn")) { j <- svymean(~income, as.svrepdesign(des, type = t, mse = TRUE)); put(paste("mean,", t), coef(j), SE(j)) }
rep <- svrepdesign(repweights = f[, paste0("r", 1:8)], weights = f$weight, data = f, type = "other", scale = 1 / 8,
                   rscales = rep(1, 8), combined.weights = TRUE, mse = TRUE)
m <- svymean(~income, rep); put("mean, given replicates", coef(m), SE(m))
q <- withReplicates(rep, function(w, d) sum(w * d$income^2) / sum(w) / (sum(w * d$income) / sum(w))^2)
put("mean of squares over squared mean, given replicates", q[1], SE(q))
one <- f[!(f$stratum == "town" & f$village != "t0"), ]
for (rule in c("adjust", "average", "certainty")) {
  options(survey.lonely.psu = rule)
  m <- svymean(~income, svydesign(ids = ~village, strata = ~stratum, weights = ~weight, data = one))
  put(paste("mean, one cluster,", rule), coef(m), SE(m))
}
options(survey.lonely.psu = "fail")
none <- svydesign(ids = ~1, weights = ~weight, data = f); m <- svymean(~income, none)
put("mean, rows drawn one by one", coef(m), SE(m))
put("laeken qsr", qsr(f$income, f$weight)$value, NA)
put("laeken arpr", arpr(f$income, f$weight)$value / 100, NA)
apart <- arpr(f$income, f$weight, breakdown = f$residence)$valueByStratum  # against the line of all
for (i in 1:2) put(paste("laeken arpr,", apart$stratum[i]), apart$value[i] / 100, NA)
apart <- arpr(f$income, f$weight, years = f$year)$value  # each year against its own line
for (y in names(apart)) put(paste("laeken arpr,", y), apart[[y]] / 100, NA)
apart <- qsr(f$income, f$weight, breakdown = f$residence)$valueByStratum
for (i in 1:2) put(paste("laeken qsr,", apart$stratum[i]), apart$value[i], NA)
if (!is.na(convey)) {
  for (file in list.files(convey, full.names = TRUE)) source(file)
  all <- convey_prep(des)
  m <- svyqsr(~income, all); put("convey svyqsr", coef(m), SE(m))
  m <- svyarpr(~income, all); put("convey svyarpr", coef(m), SE(m))
  for (r in c("rural", "urban")) {
    m <- svyarpr(~income, subset(all, residence == r)); put(paste("convey svyarpr,", r), coef(m), SE(m))
    m <- svyqsr(~income, subset(all, residence == r)); put(paste("convey svyqsr,", r), coef(m), SE(m))
  }
}
write.csv(do.call(rbind, rows), file.path(out, "r_survey.csv"), row.names = FALSE)
