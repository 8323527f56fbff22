import numpy as np, heapq
from collections import defaultdict
def avg_link(n, I, J, W, theta, miss=-6.0, lo=-1e9):
    """agglomerative: merge the two clusters with the greatest mean log-odds over all cross pairs; pairs not given count miss. stop below theta"""
    # adjacency sums: dict cluster-> {cluster:[sum,count]}
    adj=[dict() for _ in range(n)]
    for i,j,w in zip(I,J,W):
        adj[i][j]=(w,1);adj[j][i]=(w,1)
    size=[1]*n; alive=[True]*n; par=list(range(n)); ver=[0]*n
    def mean(a,b):
        s,c=adj[a][b]; t=size[a]*size[b]; return (s+miss*(t-c))/t
    h=[]
    for i,j,w in zip(I,J,W):
        if w>theta: h.append((-w,i,j,0,0))
    heapq.heapify(h)
    while h:
        nw,a,b,va,vb=heapq.heappop(h)
        if not(alive[a] and alive[b]) or ver[a]!=va or ver[b]!=vb: continue
        if len(adj[a])<len(adj[b]): a,b=b,a
        # merge b into a
        for c,(s,k) in adj[b].items():
            if c==a: continue
            if c in adj[a]: s0,k0=adj[a][c]; v=(s0+s,k0+k)
            else: v=(s,k)
            adj[a][c]=v; adj[c][a]=v; del adj[c][b]
        del adj[a][b]; adj[b]=None
        size[a]+=size[b]; alive[b]=False; par[b]=a; ver[a]+=1
        for c in adj[a]:
            m=mean(a,c)
            if m>theta: heapq.heappush(h,(-m,a,c,ver[a],ver[c]))
    def find(x):
        while par[x]!=x: x=par[x]
        return x
    return np.array([find(i) for i in range(n)])
def npairs(lab):
    c=np.unique(lab,return_counts=True)[1].astype(float); return (c*(c-1)/2).sum()
def prf(lab,ev):
    _,a=np.unique(lab,return_inverse=True); _,b=np.unique(ev,return_inverse=True)
    tp=npairs(a.astype(np.int64)*(b.max()+1)+b); return tp,npairs(a),npairs(b)
