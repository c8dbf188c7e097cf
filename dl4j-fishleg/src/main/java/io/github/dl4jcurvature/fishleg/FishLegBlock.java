/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.ArrayList;
import java.util.List;

import io.github.dl4jcurvature.fisher.LayerParameters;
import io.github.dl4jcurvature.fisher.TrainingStep;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The parameters of one layer with their inverse Fisher blocks. A layer without blocks has \( Q = q_0 I \).
 *
 * <p>Entries that a mask holds at zero take no part: Q is applied between two multiplications by the mask.
 */
final class FishLegBlock {
    private static final int PROBES = 16;

    private final String layer;
    private final long offset;
    private final BlockPlan plan;
    private final FishLegState state;
    private final @Nullable INDArray mask;
    private final List<SubBlock> blocks = new ArrayList<>();
    private final BlockVector scratch;

    private double scale;
    private double signature = Double.NaN;

    /**
     * Creates the block.
     *
     * @param parameters the layer
     * @param offset position in the network's flat vectors
     * @param plan its blocks
     * @param state its state, live
     * @param mask 0 for parameters held at zero, else 1; null if none is
     */
    FishLegBlock(LayerParameters parameters, long offset, BlockPlan plan, FishLegState state, @Nullable INDArray mask) {
        this.layer = parameters.layer();
        this.offset = offset;
        this.plan = plan;
        this.state = state;
        this.mask = mask;
        DataType type = state.momentum().dataType();
        scratch = BlockVector.of(Nd4j.createUninitializedDetached(type, plan.parameters()), plan);
        BlockVector maskParts = mask == null ? null : BlockVector.of(mask, plan);
        long start = 0;
        for (int i = 0; i < plan.blocks().size(); i++) {
            SubBlockPlan block = plan.blocks().get(i);
            blocks.add(new SubBlock(
                    block,
                    Factors.slice(state.factors(), start, block.factors()),
                    Factors.slice(state.firstMoment(), start, block.factors()),
                    Factors.slice(state.secondMoment(), start, block.factors()),
                    maskParts == null ? null : maskParts.blocks().get(i)));
            start += block.factors();
        }
    }

    FishLegState state() {
        return state;
    }

    /** Goes back to the state that was kept last. */
    void undo() {
        state.undo();
        signature = Double.NaN;
    }

    boolean learns() {
        return plan.hasBlocks();
    }

    String layer() {
        return layer;
    }

    boolean isMasked() {
        return mask != null;
    }

    /** The layer's part of a flat vector over all parameters of the network: a live view. */
    BlockVector part(INDArray networkVector) {
        return BlockVector.of(Factors.slice(networkVector, offset, plan.parameters()), plan);
    }

    /** Sets Q to a multiple of the identity. */
    void initialise(double q0) {
        state.initialScale(q0);
        blocks.forEach(block -> block.initialise(q0));
    }

    /** Sets the diagonal of Q, as far as the form of the blocks allows. */
    void initialise(BlockVector diagonal) {
        for (int i = 0; i < blocks.size(); i++) {
            blocks.get(i).initialise(diagonal.blocks().get(i));
        }
        signature = Double.NaN;
    }

    /** Takes the summed gradient of the step, divided, as the vector g that Q is applied to. */
    void take(TrainingStep step) {
        scale = 1 / step.divisor();
        refreshIfChanged();
        blocks.forEach(block -> block.take(step.factors(layer)));
    }

    /** Prepares for vectors that are no gradients. */
    void takeNone() {
        refreshIfChanged();
        blocks.forEach(SubBlock::forget);
    }

    /** Writes Q g into the block's part of a flat vector. */
    void naturalGradient(BlockVector gradient, BlockVector target) {
        if (mask == null) {
            apply(scale, gradient, target, false);
        } else {
            scratch.flat().assign(gradient.flat()).muli(mask);
            apply(scale, scratch, target, true);
        }
    }

    /** Writes Q v into another vector; v must be 0 where masked. */
    void multiply(BlockVector v, BlockVector target) {
        apply(1, v, target, true);
    }

    private void apply(double c, BlockVector source, BlockVector target, boolean dense) {
        if (!plan.hasBlocks()) {
            target.flat().assign(source.flat()).muli(state.initialScale() * c);
            return;
        }
        for (int i = 0; i < blocks.size(); i++) {
            BlockVector.Matrix from = source.blocks().get(i);
            BlockVector.Matrix to = target.blocks().get(i);
            if (dense) {
                blocks.get(i).applyDense(c, from, to);
            } else {
                blocks.get(i).apply(c, from, to);
            }
        }
        applyMask(target);
    }

    /** Multiplies a flat vector of this layer by Q in place. */
    void multiply(INDArray vector) {
        if (mask != null) {
            vector.muli(mask);
        }
        multiply(BlockVector.of(vector, plan), scratch);
        vector.assign(scratch.flat());
    }

    /** Zeroes what is held at zero. */
    void applyMask(BlockVector vector) {
        if (mask != null) {
            vector.flat().muli(mask);
        }
    }

    /** Writes the diagonal of Q. */
    void diagonal(BlockVector target) {
        target.flat().assign(state.initialScale());
        for (int i = 0; i < blocks.size(); i++) {
            blocks.get(i).diagonal(target.blocks().get(i));
        }
        applyMask(target);
    }

    /** Trace of Q; the diagonal is left in a vector of the layer's length. */
    double trace(INDArray vector) {
        diagonal(BlockVector.of(vector, plan));
        return vector.sumNumber().doubleValue();
    }

    /**
     * Computes the gradient of \( \langle f T, Q(\lambda) g \rangle \) with respect to the factors, for the gradient taken.
     *
     * @param gradient the layer's part of the summed gradient
     * @param residual the layer's part of the residual r
     * @param f factor
     * @param preconditioned T = Q r if true, else T = r
     * @return the square of the gradient's Euclidean norm, not finite if an element is not
     */
    double computeFactorGradientOfStep(BlockVector gradient, BlockVector residual, double f, boolean preconditioned) {
        return computeFactorGradient(gradient, scale, residual, f, preconditioned);
    }

    /** The same for any vector u; it must be 0 where masked. */
    double computeFactorGradient(BlockVector u, BlockVector residual, double f, boolean preconditioned) {
        return computeFactorGradient(u, 1, residual, f, preconditioned);
    }

    private double computeFactorGradient(
            BlockVector u, double c, BlockVector residual, double f, boolean preconditioned) {
        double sum = 0;
        for (int i = 0; i < blocks.size(); i++) {
            sum += blocks.get(i)
                    .computeFactorGradient(
                            u.blocks().get(i), c, residual.blocks().get(i), f, preconditioned);
        }
        return sum;
    }

    /** Takes an Adam step along the factor gradient computed last. */
    void learn(FactorAdam adam, double rate) {
        state.countAuxiliaryStep();
        blocks.forEach(block -> block.learn(adam, rate, state.auxiliarySteps()));
        refreshIfChanged();
    }

    /** The host may replace the state behind our back (restore, averaging); cached products then follow. */
    private void refreshIfChanged() {
        if (!plan.hasBlocks()) {
            return;
        }
        double now = fingerprint();
        if (now != signature) {
            blocks.forEach(SubBlock::refresh);
            signature = now;
        }
    }

    /** Weighted sum of the step count and of {@value #PROBES} factors spread over all. */
    private double fingerprint() {
        INDArray factors = state.factors();
        long last = factors.length() - 1;
        double sum = state.auxiliarySteps();
        for (int probe = 0; probe < PROBES; probe++) {
            sum = sum * 1.0625 + factors.getDouble(last * probe / (PROBES - 1));
        }
        return sum;
    }
}
