# Values of R's survey 4.1.1: shares of four sources in income (ratios of totals) of the households of eusilc.csv, whose
# sources stand in eusilc_sources.csv (cash, self-employment, capital and rent, benefits of the same synthetic sample).
# In this folder: Rscript eusilc_sources.R
suppressMessages(library(survey))
d <- merge(read.csv("eusilc.csv"), read.csv("eusilc_sources.csv"))
d <- d[order(d$id), ]
sources <- c("wage", "business", "property", "transfer")
d$income <- rowSums(d[paste0(sources, "_income")])
des <- svydesign(id = ~district, strata = ~region, weights = ~weight, data = d, nest = TRUE)
N <- round(sum(d$weight)); female <- round(0.40 * N); east <- round(.42 * N); south <- round(.22 * N)
pop <- c(`(Intercept)` = N, gendermale = N - female, regionsouth = south, regionwest = N - east - south, eqsize = round(1.62 * N))
cal <- calibrate(des, ~gender + region + eqsize, pop, epsilon = 1e-12, maxit = 500)
out <- NULL
for (case in c("design", "calibrated")) for (s in sources) {
  g <- if (case == "design") des else cal
  f <- as.formula(paste0("~", s, "_income"))
  add <- function(of, r) out <<- rbind(out, data.frame(case, source = s, of, share = format(coef(r)[[1]], digits = 14), se = format(c(SE(r))[1], digits = 14)))
  add("all", svyratio(f, ~income, g))
  for (k in c("female", "male")) add(k, svyratio(f, ~income, subset(g, gender == k)))
}
write.csv(out, "eusilc_sources_r.csv", row.names = FALSE, quote = FALSE)
