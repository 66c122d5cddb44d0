# Values of R's survey 4.1.1 on 240 households of the synthetic EU-SILC sample that emdi and laeken carry (eusilc.csv).
# In this folder: Rscript eusilc.R
library(survey)
d <- read.csv("eusilc.csv")
N <- sum(d$weight)
des <- svydesign(id=~id, strata=~region, weights=~weight, data=d)
clu <- svydesign(id=~district, strata=~region, weights=~weight, data=d, nest=TRUE)
Tg <- c(female=round(0.40*N), male=NA); Tg["male"] <- round(N) - Tg["female"]
Tr <- c(east=round(.42*N), south=round(.22*N)); Tr["west"] <- round(N)-sum(Tr)
Ts <- round(1.62*N)
pop <- c(`(Intercept)`=round(N), gendermale=unname(Tg["male"]), regionsouth=unname(Tr["south"]), regionwest=unname(Tr["west"]), eqsize=Ts)
print(c(Tg,Tr,eqsize=Ts,N=round(N)))
out <- NULL
f <- function(name, x, est) out <<- rbind(out, data.frame(case=name, what=est, value=format(as.numeric(coef(x)),digits=14), se=format(as.numeric(SE(x)),digits=14)))
for (k in c("srs","cluster")) { base <- if (k=="srs") des else clu
 for (m in c("linear","raking","logit")) {
  g <- if (m=="logit") calibrate(base, ~gender+region+eqsize, pop, calfun="logit", bounds=c(0.4,2.5), epsilon=1e-12, maxit=500) else calibrate(base, ~gender+region+eqsize, pop, calfun=m, epsilon=1e-12, maxit=500)
  n <- paste(k,m)
  f(n, svytotal(~eqIncome,g), "total"); f(n, svymean(~eqIncome,g), "mean")
  b <- svyby(~eqIncome,~gender,g,svymean); out <- rbind(out, data.frame(case=n,what=paste("mean",b$gender),value=format(b$eqIncome,digits=14),se=format(b$se,digits=14)))
 }}
write.csv(out,"eusilc_r.csv",row.names=FALSE,quote=FALSE); print(out)
