/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.Arrays;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A loss of the host that gives back, where the host asks for its gradient, the wanted change of the outputs.
 *
 * <p>Of each example, with gradient e and Hessian H of the loss with respect to the outputs before the activation,
 * \(R = H^+ e\), \((H + \lambda I)^{-1} e\) or e ({@link ResidualMode}); the network then steps by \(-\alpha R\) in the space
 * of its outputs. Around {@code LossMCXENT} with softmax, {@code LossBinaryXENT} with sigmoid or {@code LossMSE} with
 * identity, for which \(H = I\) and \(R = o - y\) whatever the factor in front of the loss. The score is that of the loss.
 * Scaling the loss, or weighting an example, changes nothing in undamped modes. Examples that a mask excludes have R = 0:
 * their outputs are held.
 *
 * <p>R is no gradient: with any other updater than {@link GaussNewton} use the loss itself. The loss works only in
 * configurations that went through {@link GaussNewtonSpan#prepare}.
 */
public final class GaussNewtonLoss implements ILossFunction {
    private static final long serialVersionUID = 1L;

    @JsonProperty
    private final ILossFunction loss;

    @JsonProperty
    private final ResidualMode mode;

    @JsonProperty
    private double damping;

    @JsonProperty
    private boolean prepared;

    /** For deserialisation. */
    public GaussNewtonLoss() {
        this(new LossMCXENT());
    }

    /**
     * Residuals equal to gradients, as in the paper.
     *
     * @param loss of type {@code LossMCXENT}, {@code LossBinaryXENT} or {@code LossMSE}, without weights
     */
    public GaussNewtonLoss(ILossFunction loss) {
        this(loss, ResidualMode.IDENTITY, 0);
    }

    /**
     * Undamped residuals.
     *
     * @param loss of type {@code LossMCXENT}, {@code LossBinaryXENT} or {@code LossMSE}, without weights
     * @param mode {@link ResidualMode#IDENTITY} or {@link ResidualMode#EXACT}
     */
    public GaussNewtonLoss(ILossFunction loss, ResidualMode mode) {
        this(loss, mode, 0);
    }

    /**
     * Damped residuals.
     *
     * @param loss of type {@code LossMCXENT}, {@code LossBinaryXENT} or {@code LossMSE}, without weights
     * @param damping \(\lambda\), positive; 0.1 is a good start
     * @return the loss
     */
    public static GaussNewtonLoss damped(ILossFunction loss, double damping) {
        return new GaussNewtonLoss(loss, ResidualMode.DAMPED, damping);
    }

    GaussNewtonLoss(ILossFunction loss, ResidualMode mode, double damping) {
        this.loss = Objects.requireNonNull(loss, "loss must not be null; use new LossMCXENT()");
        this.mode = Objects.requireNonNull(mode, "mode must not be null; use ResidualMode.IDENTITY");
        likelihood(loss);
        if (mode == ResidualMode.DAMPED ? !(damping > 0 && damping < Double.POSITIVE_INFINITY) : damping != 0) {
            throw new IllegalArgumentException(
                    "damping is %s but must be positive with mode DAMPED and absent otherwise; use GaussNewtonLoss.damped(loss, 0.1)"
                            .formatted(damping));
        }
        this.damping = damping;
    }

    static Likelihood likelihood(ILossFunction loss) {
        INDArray weights = null;
        Likelihood likelihood = null;
        if (loss instanceof LossMCXENT categorical) {
            weights = categorical.getWeights();
            likelihood = Likelihood.CATEGORICAL;
        } else if (loss instanceof LossBinaryXENT binary) {
            weights = binary.getWeights();
            likelihood = Likelihood.BERNOULLI;
        } else if (loss instanceof LossMSE squared) {
            weights = squared.getWeights();
            likelihood = Likelihood.GAUSSIAN;
        }
        if (likelihood == null || weights != null) {
            throw new IllegalArgumentException(
                    "loss is %s but must be LossMCXENT, LossBinaryXENT or LossMSE without weights; Gauss-Newton steps are known for these"
                            .formatted(weights == null ? loss : loss + " with weights"));
        }
        return likelihood;
    }

    /** A copy that may be used. */
    GaussNewtonLoss prepared() {
        GaussNewtonLoss copy = new GaussNewtonLoss(loss, mode, damping);
        copy.prepared = true;
        return copy;
    }

    /**
     * The loss itself.
     *
     * @return what the score is computed by
     */
    public ILossFunction getLoss() {
        return loss;
    }

    /**
     * What the gradient is divided by.
     *
     * @return the mode
     */
    public ResidualMode getMode() {
        return mode;
    }

    /**
     * The damping of the Hessian of the loss.
     *
     * @return \(\lambda\), 0 if there is none
     */
    public double getDamping() {
        return damping;
    }

    void setDamping(double value) {
        damping = value;
    }

    /** The score of one example over the negative logarithm of its likelihood. */
    double scoreFactor(long outputs) {
        return likelihood() == Likelihood.GAUSSIAN ? 2.0 / outputs : 1;
    }

    Likelihood likelihood() {
        return likelihood(loss);
    }

    /** Refuses an activation for which the closed forms do not hold. */
    void requireActivation(IActivation activation) {
        boolean fits = switch (likelihood()) {
            case CATEGORICAL -> activation instanceof ActivationSoftmax;
            case BERNOULLI -> activation instanceof ActivationSigmoid;
            case GAUSSIAN -> activation instanceof ActivationIdentity;
        };
        if (!fits) {
            throw new IllegalArgumentException(
                    "activation %s of the output does not go with %s; use softmax with LossMCXENT, sigmoid with LossBinaryXENT, identity with LossMSE"
                            .formatted(activation, loss));
        }
    }

    /**
     * The residuals.
     *
     * @param labels targets, [n, q]
     * @param preOutput outputs before the activation, [n, q]
     * @param activation softmax, sigmoid or identity, as the loss needs
     * @param mask [n, 1] or equal in each row of [n, q], 0 for examples to leave out; or null
     * @return R, [n, q]
     */
    @Override
    public INDArray computeGradient(
            INDArray labels, INDArray preOutput, IActivation activation, @Nullable INDArray mask) {
        if (!prepared) {
            throw new IllegalStateException(
                    "GaussNewtonLoss gives steps, no gradients, and its network was not checked; pass the configuration through"
                            + " GaussNewtonSpan.prepare(configuration), or use "
                            + loss.name() + " itself with other updaters");
        }
        requireActivation(activation);
        requireShape(labels, preOutput);
        double[][] rows = preOutput.toDoubleMatrix();
        double[][] targets = labels.toDoubleMatrix();
        for (int i = 0; i < rows.length; i++) {
            if (mask != null && isExcluded(mask, i)) {
                Arrays.fill(rows[i], 0);
            } else {
                likelihood().residual(mode, damping, rows[i], targets[i]);
            }
            requireFinite(i, rows[i]);
        }
        return Nd4j.createFromArray(rows).castTo(preOutput.dataType());
    }

    private static boolean isExcluded(INDArray mask, int example) {
        double first = mask.getDouble(example, 0);
        for (int j = 1; j < mask.size(1); j++) {
            if (mask.getDouble(example, j) != first) {
                throw new IllegalArgumentException(
                        "label mask differs between the outputs of example %d, but Gauss-Newton steps take whole examples; mask all of its outputs or none"
                                .formatted(example));
            }
        }
        return first == 0;
    }

    private void requireFinite(int example, double... residual) {
        for (double value : residual) {
            if (!(Math.abs(value) <= Double.MAX_VALUE)) {
                throw new IllegalStateException(
                        "residual of example %d is %s; with mode EXACT it grows without bound for badly classified examples, use GaussNewtonLoss.damped(loss, 0.1) or a smaller alpha"
                                .formatted(example, value));
            }
        }
    }

    private static void requireShape(INDArray labels, INDArray preOutput) {
        if (!labels.equalShapes(preOutput)) {
            throw new IllegalArgumentException("labels have shape %s but outputs %s; they must be equal"
                    .formatted(Arrays.toString(labels.shape()), Arrays.toString(preOutput.shape())));
        }
    }

    @Override
    public double computeScore(
            INDArray labels, INDArray preOutput, IActivation activation, @Nullable INDArray mask, boolean average) {
        return loss.computeScore(labels, preOutput, activation, mask, average);
    }

    @Override
    public INDArray computeScoreArray(
            INDArray labels, INDArray preOutput, IActivation activation, @Nullable INDArray mask) {
        return loss.computeScoreArray(labels, preOutput, activation, mask);
    }

    @Override
    public Pair<Double, INDArray> computeGradientAndScore(
            INDArray labels, INDArray preOutput, IActivation activation, @Nullable INDArray mask, boolean average) {
        return new Pair<>(
                computeScore(labels, preOutput, activation, mask, average),
                computeGradient(labels, preOutput, activation, mask));
    }

    @Override
    public String name() {
        return "GaussNewton(%s)".formatted(loss.name());
    }

    @Override
    public String toString() {
        return name();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof GaussNewtonLoss that
                && loss.equals(that.loss)
                && mode == that.mode
                && damping == that.damping
                && prepared == that.prepared;
    }

    @Override
    public int hashCode() {
        return Objects.hash(loss, mode, damping, prepared);
    }
}
