# Values of R's package survey on the Academic Performance Index samples (data(api), California Department of Education).
# Rscript api.R  writes api_*.csv (rows, only the columns used) and r_survey.csv (key, estimate, se) beside itself.
suppressMessages({library(survey); data(api)})
keep <- c("cds", "dnum", "snum", "stype", "pw", "fpc", "fpc1", "fpc2", "api00", "api99", "enroll", "ell", "meals",
          "sch.wide", "comp.imp", "awards")
out <- list()
add <- function(key, estimate, se = NA) out[[length(out) + 1]] <<- data.frame(key, estimate = as.numeric(estimate), se = as.numeric(se))
for (name in c("apiclus1", "apistrat", "apiclus2")) {
  frame <- get(name); frame <- frame[, intersect(keep, names(frame))]
  write.csv(frame, paste0("api_", sub("api", "", name), ".csv"), row.names = FALSE, quote = FALSE)
}
options(survey.lonely.psu = "fail")
clus1 <- svydesign(id = ~dnum, weights = ~pw, data = apiclus1, fpc = ~fpc)
strat <- svydesign(id = ~1, strata = ~stype, weights = ~pw, data = apistrat, fpc = ~fpc)
clus2 <- svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2)
pop <- c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018)
told <- function(key, d) {
  m <- svymean(~api00, d); add(paste(key, "mean"), coef(m), SE(m))
  t <- svytotal(~enroll, d); add(paste(key, "total"), coef(t), SE(t))
  r <- svyratio(~api00, ~api99, d); add(paste(key, "ratio"), coef(r), SE(r))
  b <- svyby(~api00, ~stype, d, svymean); for (i in 1:3) add(paste(key, "mean", b$stype[i]), b$api00[i], b$se[i])
  add(paste(key, "g min"), min(weights(d) / apiclus1$pw)); add(paste(key, "g max"), max(weights(d) / apiclus1$pw))
}
told("base", clus1)
told("linear", calibrate(clus1, ~stype, pop))
pop2 <- c(pop, api99 = 3914069)
told("greg", calibrate(clus1, ~stype + api99, pop2))
told("raking", calibrate(clus1, ~stype + api99, pop2, calfun = "raking"))
told("logit", calibrate(clus1, ~stype + api99, pop2, calfun = "logit", bounds = c(0.4, 2.5)))
told("post", postStratify(clus1, ~stype, data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018))))
raked <- rake(clus1, list(~stype, ~sch.wide), list(data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018)),
              data.frame(sch.wide = c("No", "Yes"), Freq = c(1072, 5122))), control = list(maxit = 200, epsilon = 1e-9))
for (i in c(1, 50, 183)) add(paste("rake weight", i), weights(raked)[i])
trimmed <- trimWeights(calibrate(clus1, ~stype + api99, pop2), lower = 10, upper = 50, strict = TRUE)
for (i in c(1, 50, 183)) add(paste("trim weight", i), weights(trimmed)[i])
m <- svymean(~api00, strat); add("strat mean", coef(m), SE(m))
t <- svytotal(~enroll, strat); add("strat total", coef(t), SE(t))
m <- svymean(~api00, clus2); add("clus2 mean", coef(m), SE(m))
t <- svytotal(~enroll, clus2, na.rm = TRUE); add("clus2 total", coef(t), SE(t))
m <- svymean(~api00, calibrate(clus2, ~stype, pop)); add("clus2 calibrated mean", coef(m), SE(m))
for (d in c("strat", "clus1")) {
  x <- svychisq(~sch.wide + stype, get(d)); add(paste(d, "rao-scott F"), x$statistic); add(paste(d, "rao-scott ndf"), x$parameter[1])
  add(paste(d, "rao-scott ddf"), x$parameter[2]); add(paste(d, "rao-scott p"), x$p.value)
}
f <- svyglm(api00 ~ ell + meals, strat); for (n in names(coef(f))) add(paste("strat ols", n), coef(f)[n], SE(f)[n])
f <- svyglm(I(sch.wide == "Yes") ~ ell + meals, strat, family = quasibinomial())
for (n in names(coef(f))) add(paste("strat logit", n), coef(f)[n], SE(f)[n])
f <- svyglm(api00 ~ ell + meals, calibrate(clus1, ~stype, pop)); for (n in names(coef(f))) add(paste("clus1 ols", n), coef(f)[n], SE(f)[n])
plain <- svydesign(id = ~dnum, weights = ~pw, data = apiclus1)
jk <- as.svrepdesign(plain, type = "JK1", mse = TRUE); m <- svymean(~api00, calibrate(jk, ~stype, pop)); add("jk calibrated mean", coef(m), SE(m))
m <- svymean(~api00, jk); add("jk mean", coef(m), SE(m)); add("jk df", degf(jk)); add("jk calibrated df", degf(calibrate(jk, ~stype, pop)))
write.csv(do.call(rbind, out), "r_survey.csv", row.names = FALSE)
