import os
import numpy as np,pandas as pd,gzip,sys,time
from clus import *
from scipy.spatial import cKDTree
def loadS(n):
    a=[pd.read_csv(os.environ['SHEAF_DATA']+f'/link/synthetic/n{n}/d{k}.csv.gz').assign(src=k) for k in(1,2,3)]
    return pd.concat(a,ignore_index=True)
t=pd.read_csv(os.environ['SHEAF_DATA']+'/link/synthetic/n1000/type_tax.csv').drop_duplicates('base.categories').set_index('base.categories')
a_=pd.read_csv(os.environ['SHEAF_DATA']+'/link/synthetic/n1000/actor_tax.csv').drop_duplicates('base.categories').set_index('base.categories')
def levels(D,I,J):
    dist=np.hypot(D.x[I].values-D.x[J].values,D.y[I].values-D.y[J].values)
    L={'dist':np.digitize(dist,DB)}
    t1,t2=D.type_tax.values[I],D.type_tax.values[J]; c=t.l2; p=t.l3
    L['type']=np.where(t1==t2,0,np.where(c[t1].values==c[t2].values,1,np.where(p[t1].values==p[t2].values,2,3)))
    q1,q2=D.actor_tax.values[I],D.actor_tax.values[J]
    L['actor']=np.where(q1==q2,0,np.where(a_.l2[q1].values==a_.l2[q2].values,1,2))
    f,g=D.fatalities.values[I],D.fatalities.values[J]; mx=np.maximum(f,g);mn=np.minimum(f,g); r=(mx+.5)/(mn+.5)
    eq=f==g
    L['toll']=np.select([eq&(mx==0),eq&(mx==1),eq&(mx==2),eq&(mx<=4),eq&(mx<=9),eq,(mn==0)&(mx==1),(mn==0)&(mx==2),(mn==0)&(mx<=5),mn==0,r<=1.35,r<=1.8,r<=2.5,r<=4],range(14),14)
    return L
DB=[.25,.5,1,1.5,2,3,4,6,8,12,16,24]
RMAX=40
def run(n,theta_list=(0,),verbose=True,local=True,miss=-12,W=14):
    D=loadS(n); D['x']=D.longitude*111.1*np.cos(np.radians(9));D['y']=D.latitude*111.1
    tree=cKDTree(D[['x','y']].values); pr=tree.query_pairs(RMAX,output_type='ndarray'); I,J=pr[:,0],pr[:,1]
    x=D.src.values[I]!=D.src.values[J]; I,J=I[x],J[x]; g=abs(D.day.values[I]-D.day.values[J])
    null=(g>=5)&(g<5+W); can=g<=4
    # edge correction: number of ordered day gaps
    In,Jn=I[null],J[null]; I,J,g=I[can],J[can],g[can]
    L=levels(D,I,J);N=levels(D,In,Jn); L['day']=g
    names=['dist','type','actor','toll']; sz={k:int(max(L[k].max(),N[k].max()))+1 for k in names}
    # chance pairs expected per level; per unit of day gap (gap 0 has half the room of gap k>0)
    per=len(In)/(2*W)  # per signed day
    u={k:(np.bincount(N[k],minlength=sz[k])+.5)/(len(In)+.5*sz[k]) for k in names}
    nullday=np.array([per]+[2*per]*4); uday=nullday/nullday.sum(); Nn=nullday.sum()
    # local chance: null pairs of each report, against the mean, shrunk
    nr=len(D); c=np.bincount(In,minlength=nr)+np.bincount(Jn,minlength=nr); mean=c.mean(); loc=(c+ 5)/(mean+5)
    # u of distance locally: null within 8 km
    off=np.zeros(len(I))
    if local:
        y=N['dist']<=np.digitize(8,DB)-1; c=np.bincount(In[y],minlength=nr)+np.bincount(Jn[y],minlength=nr)
        loc=(c+1.)/(c.mean()+1); lg=np.log(np.sqrt(loc[I]*loc[J])); off=-np.where(L['dist']<=np.digitize(12,DB)-1,lg,0)
        # normalise: average u on candidates stays 1 for null pairs
    M=len(I)-Nn; lam=max(.001,min(.9,M/len(I)))
    m={k:np.ones(sz[k])/sz[k] for k in names}; 
    m['dist']=np.exp(-np.arange(sz['dist'])*.4);m['dist']/=m['dist'].sum(); m['type']=np.array([.7,.15,.1,.05]);m['actor']=np.array([.75,.1,.15]); m['toll']=u['toll']*np.where(np.arange(15)<6,5,np.where(np.arange(15)==10,2,.4)); m['toll']/=m['toll'].sum()
    md=np.array([.6,.3,.06,.03,.01])
    for it in range(40):
        s=np.log(lam/(1-lam))+np.log(md/uday)[L['day']]+off
        for k in names: s=s+np.log(m[k]/u[k])[L[k]]
        p=1/(1+np.exp(-s)); l2=p.mean(); 
        for k in names: m[k]=(np.bincount(L[k],weights=p,minlength=sz[k])+1*u[k])/(p.sum()+1)
        md=(np.bincount(L['day'],weights=p,minlength=5)+.5*uday)/(p.sum()+.5)
        if abs(l2-lam)<1e-7: break
        lam=l2
    truth=D.truth.values; y=truth[I]==truth[J]
    # same-source pairs inside candidate components: hard
    same=tree.query_pairs(RMAX,output_type='ndarray'); same=same[(D.src.values[same[:,0]]==D.src.values[same[:,1]])&(abs(D.day.values[same[:,0]]-D.day.values[same[:,1]])<=8)]
    keep=s>-9
    res=[]
    for th in theta_list:
        lab=avg_link(nr,np.r_[I[keep],same[:,0]],np.r_[J[keep],same[:,1]],np.r_[s[keep],np.full(len(same),-1e4)],th,miss); tp,pp,tt=prf(lab,truth); res.append((th,round(2*tp/(pp+tt),4),round(tp/pp,4),round(tp/tt,4)))
    if verbose: print(n,'lam',round(lam,4),'true',y.mean().round(4),'cands',len(I),'blocked recall',y.sum()/tt,'incidents',len(set(lab)),len(set(truth)),'hi',(s>2.197).sum(),y[s>2.197].mean().round(4),*res,flush=True)
    return D,I,J,s,y
if __name__=='__main__':
    for n in (1000,3000):
        for loc in(False,True): run(n,(-2,-1,-.5,0,.5,1),local=loc)
