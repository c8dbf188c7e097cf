/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.function.Supplier;

import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Products of a network's Fisher information matrix with vectors,
 * \[ F v = \frac1N \sum_n \mathbb E_{y \sim p(y \mid x_n, \theta)} \big[ \nabla \ell_n \nabla \ell_n^\top \big] v, \]
 * the mean over the examples of a batch, in the layout of the network's flat parameters.
 *
 * <p>For the supported pairs of loss and output activation (softmax with MCXENT or NEGATIVELOGLIKELIHOOD, sigmoid with
 * XENT, identity with MSE or L2; masks allowed, loss weights not) F is also the generalised Gauss-Newton matrix
 * \(\frac1N \sum_n J_n^\top H_\ell J_n\). Passes run without dropout and weight noise and with batch statistics as in
 * training. Running statistics and frozen parameters take no part: their entries of v are ignored and their entries of
 * the result are zero. The network itself is never touched.
 *
 * <p>Not thread-safe; not to be used while an ND4J workspace is open. Source of Monte Carlo and antithetic products:
 * Garcia, Freddi et al., "Fisher-Legendre (FishLeg) optimization of deep neural networks", ICLR 2023.
 */
public final class FisherEstimator {

    /** How a product is estimated. */
    public enum Method {
        /**
         * Exact up to the finite difference: the change of the mean parameters along v, propagated back. Three passes; no
         * labels are drawn; positive semi-definite up to rounding; any layer.
         */
        GAUSS_NEWTON,
        /**
         * Unbiased and positive semi-definite: \(\frac1N \sum_n (g_n \cdot v) g_n\) for the gradients \(g_n\) at labels
         * drawn from the network. One pass if every layer can be captured and keeps examples apart, four otherwise.
         */
        MONTE_CARLO,
        /**
         * Unbiased, but a single draw is indefinite: the central difference along v of the gradient at labels drawn at
         * the present parameters. Three passes; any layer.
         */
        ANTITHETIC
    }

    private final Shadows networks;
    private final Method method;
    private final @Nullable Double epsilon;

    private FisherEstimator(Builder builder) {
        networks = builder.shadows.get();
        method = builder.method;
        epsilon = builder.epsilon;
        networks.shadow().distributions(); // refuses unsupported outputs now rather than in training
    }

    /**
     * Starts the configuration of an estimator.
     *
     * @param model an initialised MultiLayerNetwork or ComputationGraph, referred to weakly
     * @return a builder with the default method {@link Method#GAUSS_NEWTON}
     */
    public static Builder builder(Model model) {
        return new Builder(() -> new Networks(model));
    }

    /** Starts the configuration of an estimator on the twins of any kind of model. */
    static Builder on(Supplier<Shadows> shadows) {
        return new Builder(shadows);
    }

    /**
     * The product F v with the configured step length.
     *
     * @param batch features and masks; labels are ignored
     * @param v flat vector of as many entries as the network has parameters; not modified
     * @param sampler source of labels; not used by {@link Method#GAUSS_NEWTON}
     * @return fresh flat vector [n]; zero if v is zero
     * @throws IllegalArgumentException if v has a wrong length or is not finite
     */
    public INDArray product(CurvatureBatch batch, INDArray v, LabelSampler sampler) {
        INDArray parameters = networks.shadow().parameters();
        double step = epsilon != null ? epsilon : Builder.defaultEpsilon(parameters.dataType());
        return product(batch, v, sampler, step);
    }

    /**
     * The product F v with a step length for this call.
     *
     * @param batch features and masks; labels are ignored
     * @param v flat vector of as many entries as the network has parameters; not modified
     * @param sampler source of labels; not used by {@link Method#GAUSS_NEWTON}
     * @param step length of the finite difference along the unit vector v / |v|, positive
     * @return fresh flat vector [n]; zero if v is zero
     * @throws IllegalArgumentException if v has a wrong length or is not finite, or the step is not positive
     */
    public INDArray product(CurvatureBatch batch, INDArray v, LabelSampler sampler, double step) {
        Builder.requirePositive("step", step);
        OutputPasses shadow = networks.shadow();
        INDArray direction = direction(v, shadow); // [n]
        double norm = norm(direction);
        if (norm == 0) {
            return Nd4j.zeros(direction.dataType(), direction.length());
        }
        Perturbation perturbation = new Perturbation(networks, direction, norm, step);
        INDArray product = switch (method) {
            case GAUSS_NEWTON -> GaussNewtonProduct.of(shadow, perturbation, batch);
            case MONTE_CARLO -> MonteCarloProduct.of(shadow, perturbation, batch, sampler);
            case ANTITHETIC -> AntitheticProduct.of(shadow, perturbation, batch, sampler);
        };
        shadow.clearUntrained(product);
        return product;
    }

    /** A copy of v in the parameters' type without the entries that are not trained. */
    private static INDArray direction(INDArray v, OutputPasses shadow) {
        INDArray parameters = shadow.parameters();
        if (v.length() != parameters.length()) {
            throw new IllegalArgumentException(
                    "v has %d entries but the network has %d parameters".formatted(v.length(), parameters.length()));
        }
        INDArray direction = Nd4j.createUninitialized(parameters.dataType(), parameters.length());
        direction.assign(v.reshape(v.length()));
        norm(direction);
        shadow.clearUntrained(direction);
        return direction;
    }

    private static double norm(INDArray v) {
        double norm = v.norm2Number().doubleValue();
        if (!(norm < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "v must be finite but its norm is %s; look for NaN or overflow in what it was made from"
                            .formatted(norm));
        }
        return norm;
    }

    /** Fluent configuration of a {@link FisherEstimator}. */
    public static final class Builder {
        private final Supplier<Shadows> shadows;
        private Method method = Method.GAUSS_NEWTON;
        private @Nullable Double epsilon;

        private Builder(Supplier<Shadows> shadows) {
            this.shadows = shadows;
        }

        /**
         * How products are estimated; default {@link Method#GAUSS_NEWTON}.
         *
         * @param value the method
         * @return this builder
         */
        public Builder method(Method value) {
            method = value;
            return this;
        }

        /**
         * Length of finite differences along v / |v|; default 1e-5 for DOUBLE parameters and 3e-3 otherwise. Longer steps
         * cross kinks of rectifiers, shorter ones drown in rounding.
         *
         * @param value positive
         * @return this builder
         * @throws IllegalArgumentException if the value is not positive and finite
         */
        public Builder epsilon(double value) {
            requirePositive("epsilon", value);
            epsilon = value;
            return this;
        }

        /**
         * Builds the estimator and its shadow network.
         *
         * @return the estimator
         * @throws IllegalArgumentException if an output's pair of loss and activation is not supported
         */
        public FisherEstimator build() {
            return new FisherEstimator(this);
        }

        private static double defaultEpsilon(org.nd4j.linalg.api.buffer.DataType type) {
            return type == org.nd4j.linalg.api.buffer.DataType.DOUBLE ? 1e-5 : 3e-3;
        }

        private static void requirePositive(String name, double value) {
            if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("%s must be positive and finite but is %s".formatted(name, value));
            }
        }
    }
}
