/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

/**
 * One reversible block as a layer of the host.
 *
 * <p>\(Y_1 = X_1 + \phi(X_2 V_F) W_F + b_F,\quad Y_2 = X_2 + \phi(Y_1 V_G) W_G + b_G\), rows are examples, \(X_1, X_2\) the
 * first and the last d/2 columns. Parameters {@code Wf bf Wg bg Vf Vg}. Source: Buffelli et al. (NeurIPS 2024, arXiv
 * 2411.07979), equations 14 and 15.
 */
@SuppressWarnings("overrides")
public final class ReversibleCouplingLayer extends ReversibleLayer {
    private static final long serialVersionUID = 1L;

    /** For deserialisation. */
    public ReversibleCouplingLayer() {}

    private ReversibleCouplingLayer(Builder builder) {
        super(builder);
    }

    @Override
    int blocks() {
        return 1;
    }

    @Override
    String suffix(int block) {
        return "";
    }

    @Override
    int keepEvery() {
        return 1;
    }

    @Override
    public ReversibleCouplingLayer clone() {
        return (ReversibleCouplingLayer) super.clone();
    }

    /** Values of the layer. */
    @SuppressWarnings("unchecked") // the host's build() is generic in what it returns
    public static final class Builder extends ReversibleLayer.Builder<Builder> {
        /** With all defaults. */
        public Builder() {}

        @Override
        public ReversibleCouplingLayer build() {
            return new ReversibleCouplingLayer(this);
        }
    }
}
