/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.Map;

import io.github.dl4jcurvature.fisher.CurvatureBlock;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;

/** Steps the parameters of one layer for the host. */
final class NclUpdater implements GradientUpdater<Ncl> {
    private static final String STATE = "NCL";

    private final Ncl config;
    private Map<String, INDArray> unplanned = Map.of();
    private @Nullable INDArray view;
    private @Nullable NclState state;
    private @Nullable CurvatureBlock bound;
    private @Nullable NclLayer layer;
    private int shown = -1;

    NclUpdater(Ncl config) {
        this.config = config;
    }

    @Override
    public Ncl getConfig() {
        return config;
    }

    @Override
    public void setState(Map<String, INDArray> stateMap, boolean initialize) {
        if (config.plan() == null) {
            unplanned = Map.copyOf(stateMap); // of a graph, until its listener knows what the state is of
            return;
        }
        INDArray array = stateMap.get(STATE);
        if (array == null || stateMap.size() != 1) {
            throw new IllegalStateException(
                    "state of Ncl must have exactly the key [%s] but has %s; was it saved by another updater?"
                            .formatted(STATE, stateMap.keySet()));
        }
        setStateViewArray(array, new long[] {array.length()}, 'c', initialize);
    }

    @Override
    public Map<String, INDArray> getState() {
        return view == null ? unplanned : Map.of(STATE, view);
    }

    @Override
    public void setStateViewArray(
            @Nullable INDArray viewArray, long[] gradientShape, char gradientOrder, boolean initialize) {
        if (viewArray == null) {
            return; // a graph has no state before its listener has seen it
        }
        LayerPlan plan = config.plan();
        long expected = plan == null ? 0 : plan.allocated();
        if (plan == null || viewArray.length() != expected) {
            throw new IllegalStateException(
                    "state of Ncl has %d elements but %d are needed for %s; was it saved by another updater or for other layer sizes?"
                            .formatted(viewArray.length(), expected, plan));
        }
        requireFloatingType(viewArray.dataType());
        INDArray flat = viewArray.reshape(viewArray.length());
        view = flat;
        state = new NclState(plan, flat);
        if (initialize) {
            flat.assign(0);
            NclLayer.initialise(config, plan, state);
        }
        reload();
    }

    private static void requireFloatingType(DataType type) {
        if (type != DataType.FLOAT && type != DataType.DOUBLE) {
            throw new DL4JInvalidConfigException(
                    "Ncl needs a network of type FLOAT or DOUBLE but it is %s; set dataType(DataType.FLOAT)"
                            .formatted(type));
        }
    }

    /** Ties the updater to the parameters of its layer; what is remembered is read from the state. */
    @SuppressWarnings("try") // workspace scope
    void bind(CurvatureBlock block) {
        LayerPlan plan = config.plan();
        if (plan == null || state == null) {
            throw new IllegalStateException(withoutListener());
        }
        if (layer != null && bound != null && isSame(bound, block)) {
            return;
        }
        bound = block;
        layer = null;
        try (MemoryWorkspace detached = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            layer = new NclLayer(config, plan, state, block.values(), block.mask());
        }
    }

    /** Whether two descriptions are of the same memory, none of which is held at zero. */
    private static boolean isSame(CurvatureBlock left, CurvatureBlock right) {
        return left.mask() == null
                && right.mask() == null
                && left.values().length() == right.values().length()
                && left.values().offset() == right.values().offset()
                && left.values().data().address() == right.values().data().address();
    }

    /** Drops what was not committed to the state. */
    void reload() {
        layer = null;
        if (bound != null) {
            bind(bound);
        }
    }

    /** The layer, once it is bound. */
    NclLayer layer() {
        if (layer == null) {
            throw new IllegalStateException(withoutListener());
        }
        return layer;
    }

    boolean isBound() {
        return layer != null;
    }

    /** Notes that the gradient of an iteration has been checked. */
    void show(int iteration) {
        shown = iteration;
    }

    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
        NclLayer present = layer();
        if (shown != iteration) {
            throw new IllegalStateException(
                    "Ncl of %s was last shown iteration %d but must step iteration %d; the CurvatureListener is no longer among the network's listeners (setListeners replaces them): add it again"
                            .formatted(config.plan(), shown, iteration));
        }
        shown = -1;
        present.update(gradient, iteration, epoch);
    }

    private String withoutListener() {
        LayerPlan plan = config.plan();
        String name = plan == null ? "a layer" : "layer '" + plan.layer() + "'";
        return "Ncl of %s has not been shown its network; add the listener after init(), clone() or loading: network.addListeners(new CurvatureListener()), or to a SameDiff graph: graph.addListeners(SameDiffCurvatureListener.builder()...build())"
                .formatted(name);
    }
}
