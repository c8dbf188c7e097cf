# SPDX-License-Identifier: Apache-2.0
"""Independent numpy (float64) implementation of RevMLP + exact GN, row convention (n x d)."""
import numpy as np

ACT = {
    'identity': (lambda z: z, lambda z: np.ones_like(z)),
    'relu': (lambda z: np.maximum(z, 0.), lambda z: (z > 0).astype(z.dtype)),
    'tanh': (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    'softplus': (lambda z: np.logaddexp(0, z), lambda z: 1 / (1 + np.exp(-z))),
    'leakyrelu': (lambda z: np.where(z > 0, z, .01 * z), lambda z: np.where(z > 0, 1., .01)),
}


class Block:
    """y1 = x1 + [act(x2 Vf),1] Tf ; y2 = x2 + [act(y1 Vg),1] Tg ; T = [W^T ; b] ((m+1) x h)"""
    def __init__(s, Vf, Wf, bf, Vg, Wg, bg, act):
        # W* : h x m  (torch layout out x in),  b* : h
        s.Vf, s.Wf, s.bf, s.Vg, s.Wg, s.bg, s.act = Vf, Wf, bf, Vg, Wg, bg, act

    def feat(s, x, V, b):
        a = ACT[s.act][0](x @ V if V is not None else x)
        return np.concatenate([a, np.ones((a.shape[0], 1))], 1) if b is not None else a

    def dfeat(s, x, V, dx):
        z = x @ V if V is not None else x
        dz = dx @ V if V is not None else dx
        return ACT[s.act][1](z) * dz

    def F(s, x2):
        o = s.feat(x2, s.Vf, None) @ s.Wf.T
        return o + s.bf if s.bf is not None else o

    def G(s, y1):
        o = s.feat(y1, s.Vg, None) @ s.Wg.T
        return o + s.bg if s.bg is not None else o

    def forward(s, x):
        h = x.shape[1] // 2
        x1, x2 = x[:, :h], x[:, h:]
        y1 = x1 + s.F(x2)
        y2 = x2 + s.G(y1)
        return np.concatenate([y1, y2], 1)

    def inverse(s, y):
        h = y.shape[1] // 2
        y1, y2 = y[:, :h], y[:, h:]
        x2 = y2 - s.G(y1)
        x1 = y1 - s.F(x2)
        return np.concatenate([x1, x2], 1)

    def jvp_in(s, x, dx):
        h = x.shape[1] // 2
        x1, x2, d1, d2 = x[:, :h], x[:, h:], dx[:, :h], dx[:, h:]
        y1 = x1 + s.F(x2)
        e1 = d1 + s.dfeat(x2, s.Vf, d2) @ s.Wf.T
        e2 = d2 + s.dfeat(y1, s.Vg, e1) @ s.Wg.T
        return np.concatenate([e1, e2], 1)

    def ijvp(s, x, t):
        """tangent at output -> tangent at input (inverse JVP), given block input x"""
        h = x.shape[1] // 2
        x1, x2, t1, t2 = x[:, :h], x[:, h:], t[:, :h], t[:, h:]
        y1 = x1 + s.F(x2)
        s2 = t2 - s.dfeat(y1, s.Vg, t1) @ s.Wg.T
        s1 = t1 - s.dfeat(x2, s.Vf, s2) @ s.Wf.T
        return np.concatenate([s1, s2], 1)

    def vjp_in(s, x, g):
        h = x.shape[1] // 2
        x1, x2, g1, g2 = x[:, :h], x[:, h:], g[:, :h], g[:, h:]
        y1 = x1 + s.F(x2)
        zg = y1 @ s.Vg if s.Vg is not None else y1
        u = (g2 @ s.Wg) * ACT[s.act][1](zg)
        g1t = g1 + (u @ s.Vg.T if s.Vg is not None else u)
        zf = x2 @ s.Vf if s.Vf is not None else x2
        u = (g1t @ s.Wf) * ACT[s.act][1](zf)
        return np.concatenate([g1t, g2 + (u @ s.Vf.T if s.Vf is not None else u)], 1), g1t

    def params(s):
        return [p for p in (s.Wf, s.bf, s.Wg, s.bg) if p is not None]


def pinv_svd(A, rtol=0., atol=0.):
    U, S, Vt = np.linalg.svd(A, full_matrices=False)
    keep = (S >= S.max() * rtol) & (S >= atol)
    if rtol == 0 and atol == 0:
        keep = S > 0
    return (Vt[keep].T / S[keep]) @ U[:, keep].T, int(keep.sum())


def pinv_damped(A, rtol):
    """reference 'damped': (A^T A + rtol*max eig(A^T A) I)^-1 A^T"""
    AtA = A.T @ A
    lam = rtol * np.linalg.svd(AtA, compute_uv=False).max()
    return np.linalg.solve(AtA + lam * np.eye(AtA.shape[0]), A.T)


def pinv_gram(A, lam):
    """A^T (A A^T + lam I)^-1"""
    return np.linalg.solve(A @ A.T + lam * np.eye(A.shape[0]), A).T


class RevMLP:
    def __init__(s, blocks, U=None):
        s.blocks, s.U = blocks, U

    def forward(s, x, acts=False):
        xs = [x]
        for b in s.blocks:
            xs.append(b.forward(xs[-1]))
        return xs if acts else xs[-1]

    def inverse(s, y):
        for b in reversed(s.blocks):
            y = b.inverse(y)
        return y

    def logits(s, x):
        o = s.forward(x)
        return o if s.U is None else o @ s.U

    def params(s):
        return [p for b in s.blocks for p in b.params()]

    def gn_blocks(s, x, resid, pinv, correct=True, store=False):
        """resid: n x C (or n x d) = H^-1 eps at network output.  Returns list per block of
        dict(Uf,Ug,...) raw per-block updates (each solving the whole residual).
        descent: theta -= lr/L * update."""
        xs = s.forward(x, acts=True)
        t = resid if s.U is None else resid @ s.U.T
        out = []
        for k in reversed(range(len(s.blocks))):
            b = s.blocks[k]
            xin = xs[k]
            h = xin.shape[1] // 2
            x1, x2 = xin[:, :h], xin[:, h:]
            y1 = x1 + b.F(x2)
            Af = b.feat(x2, b.Vf, b.bf)
            Ag = b.feat(y1, b.Vg, b.bg)
            t1, t2 = t[:, :h], t[:, h:]
            Uf = pinv(Af) @ t1
            D = Af @ Uf                       # actually achieved change in y1
            M = b.dfeat(y1, b.Vg, D) @ b.Wg.T  # its knock-on in y2
            Ug = pinv(Ag) @ (t2 - M if correct else t2)
            tin = b.ijvp(xin, t)
            r = dict(Uf=Uf, Ug=Ug, t_out=t, t_in=tin)
            if store:
                r.update(Af=Af, Ag=Ag, y1=y1, x_in=xin, M=M, D=D)
            out.append(r)
            t = tin
        return out[::-1]

    def flat(s, ups):
        """flatten updates in the params() order (Wf(hxm),bf,Wg,bg per block), C order"""
        v = []
        for b, u in zip(s.blocks, ups):
            m = b.Wf.shape[1]
            v.append(u['Uf'][:m].T.ravel())
            if b.bf is not None: v.append(u['Uf'][m])
            v.append(u['Ug'][:m].T.ravel())
            if b.bg is not None: v.append(u['Ug'][m])
        return np.concatenate(v)

    def add(s, vec):
        i = 0
        for p in s.params():
            p += vec[i:i + p.size].reshape(p.shape)
            i += p.size

    def jac(s, x):
        """exact Jacobian of flattened output (n*C, C-order: sample-major) wrt params(); analytic per-param JVP columns"""
        xs = s.forward(x, acts=True)
        n = x.shape[0]
        cols = []
        for k, b in enumerate(s.blocks):
            xin = xs[k]
            h = xin.shape[1] // 2
            x1, x2 = xin[:, :h], xin[:, h:]
            y1 = x1 + b.F(x2)
            af = b.feat(x2, b.Vf, None); ag = b.feat(y1, b.Vg, None)
            def push(dy):
                d = dy
                for j in range(k + 1, len(s.blocks)):
                    d = s.blocks[j].jvp_in(xs[j], d)
                return (d if s.U is None else d @ s.U).ravel()
            def ydot(e1):
                e2 = b.dfeat(y1, b.Vg, e1) @ b.Wg.T
                return np.concatenate([e1, e2], 1)
            for i in range(h):
                for j in range(af.shape[1]):
                    e1 = np.zeros((n, h)); e1[:, i] = af[:, j]
                    cols.append(push(ydot(e1)))
            if b.bf is not None:
                for i in range(h):
                    e1 = np.zeros((n, h)); e1[:, i] = 1
                    cols.append(push(ydot(e1)))
            for i in range(h):
                for j in range(ag.shape[1]):
                    e2 = np.zeros((n, h)); e2[:, i] = ag[:, j]
                    cols.append(push(np.concatenate([np.zeros((n, h)), e2], 1)))
            if b.bg is not None:
                for i in range(h):
                    e2 = np.zeros((n, h)); e2[:, i] = 1
                    cols.append(push(np.concatenate([np.zeros((n, h)), e2], 1)))
        return np.stack(cols, 1)


def make(d, m, L, acts, rng, bias=True, wstd=0.3, C=None, vgain=1.0):
    h = d // 2
    bl = []
    for k in range(L):
        a = acts[k] if isinstance(acts, (list, tuple)) else acts
        V = lambda: rng.standard_normal((h, m)) * vgain / np.sqrt(m) if m else None
        mm = m if m else h
        W = lambda: rng.standard_normal((h, mm)) * wstd
        B = lambda: (rng.standard_normal(h) * 0.1) if bias else None
        bl.append(Block(V(), W(), B(), V(), W(), B(), a))
    U = None
    if C:
        U, _ = np.linalg.qr(rng.standard_normal((d, C)))
    return RevMLP(bl, U)


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def resid_mse(o, y):            # exact GN for 0.5||o-y||^2 or any c*||.||^2
    return o - y


def resid_ce_identity(o, y):
    return softmax(o) - y


def resid_ce_exact(o, y):       # min-norm solution of (diag p - p p^T) d = p - y
    q = y / softmax(o)
    return q.mean(1, keepdims=True) - q


def resid_ce_damped(o, y, lam):  # (diag p - p p^T + lam I)^-1 (p - y), per sample (Sherman-Morrison)
    p = softmax(o)
    Di = 1 / (p + lam)
    k = Di * p
    e = p - y
    return Di * e + k * ((k * e).sum(1) / (1 - (k * p).sum(1)))[:, None]


def ce(o, y):
    z = o - o.max(1, keepdims=True)
    return -(y * (z - np.log(np.exp(z).sum(1, keepdims=True)))).sum(1).mean()
