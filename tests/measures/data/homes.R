# Values of emdi 2.2.3 on homes_sample.csv and homes_register.csv, which are made up (incomes, schooling, homes of 12 places).
# In this folder: Rscript homes.R FOLDER_WITH_THE_SOURCE_OF_EMDI; needs nlme and MASS.
suppressMessages({library(nlme); library(MASS)})
here <- getwd(); setwd(commandArgs(TRUE)[1])
for (f in c("auxiliary_functions","check_ebp_arguments","ebp","framework_ebp","mse_estimation","optimal_parameter","point_estimation","transformation_functions","emdiObject","framework_direct")) source(paste0("R/", f, ".R"))
smp <- read.csv(file.path(here, "homes_sample.csv")); pop <- read.csv(file.path(here, "homes_register.csv"))
f <- income ~ schooling + home
out <- NULL; add <- function(t,k,v) out <<- rbind(out, data.frame(scale=t,key=k,value=format(v,digits=12)))
optimize <- function(f, ..., interval, maximum=FALSE) stats::optimize(f, ..., interval=interval, maximum=maximum, tol=1e-10*diff(interval))
environment(optimal_parameter) <- globalenv()
for (t in c("no","log","log.shift","box.cox","dual")) {
  m <- suppressMessages(ebp(f, pop, "place", smp, "place", threshold=130000, transformation=t, L=if (t=="box.cox") 600 else 2, MSE=FALSE, seed=7))
  if (!is.null(m$transform_param$optimal_lambda)) add(t,"lambda",m$transform_param$optimal_lambda)
  b <- m$model$coefficients$fixed; for (k in names(b)) add(t,k,b[[k]])
  add(t,"unit",m$model$sigma^2); add(t,"area",getVarCov(m$model)[1,1]); add(t,"loglik",as.numeric(logLik(m$model)))
  if (t=="box.cox") for (v in c("Mean","Head_Count","Poverty_Gap","Gini","Quintile_Share","Median","Quantile_90")) for (d in 1:12) add("point",paste(v,m$ind$Domain[d]),m$ind[d,v])
}
fw <- framework_ebp(f, pop, "place", smp, "place", 130000, NULL, FALSE, "weight", NULL, NULL)
p <- suppressMessages(point_estim(fw, f, "log", "default", 600))
for (k in 1:3) add("pseudo",paste0("beta",k),p$model_par$betas[k]); for (d in 1:12) add("pseudo",paste("effect",levels(fw$pop_domains_vec)[d]),p$model_par$rand_eff[d]); for (d in 1:10) add("pseudo",paste("gamma",levels(fw$pop_domains_vec)[d]),p$model_par$gammaw[d])
for (v in c("Mean","Gini")) for (d in 1:12) add("pseudo",paste(v,p$ind$Domain[d]),p$ind[d,v])
m <- suppressMessages(ebp(f, pop, "place", smp, "place", threshold=130000, transformation="log", L=15, MSE=TRUE, B=150, seed=7))
for (v in c("Mean","Head_Count","Gini")) for (d in 1:12) add("mse",paste(v,m$MSE$Domain[d]),m$MSE[d,v])
write.csv(out,file.path(here, "homes_emdi.csv"),row.names=FALSE,quote=FALSE)
